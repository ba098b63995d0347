package io.github.livemigration.session;

import io.github.livemigration.wire.TlsKeys;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a process is to be moved.
 *
 * @param destination where the receiver listens
 * @param verify whether to compare the content of every page by checksum at the end
 * @param timeouts how long to wait for the receiver
 * @param stateFolder where the session is noted, so that another sender can go on if this one dies
 * @param pagesAhead most pages whose content is sent before the freeze, 0 to 2048; in the downtime
 *     they are only compared
 * @param keys for connections under TLS; without them connections are in the clear
 */
public record SenderOptions(
    InetSocketAddress destination,
    boolean verify,
    Timeouts timeouts,
    Path stateFolder,
    int pagesAhead,
    Optional<TlsKeys> keys) {
  /** 16 MiB. To compare a page takes a hundredth of the time of a fault over the network. */
  private static final int MAXIMUM_PAGES_AHEAD = 2048;

  public SenderOptions {
    if (pagesAhead < 0 || pagesAhead > MAXIMUM_PAGES_AHEAD) {
      throw new IllegalArgumentException("pagesAhead " + pagesAhead);
    }
  }

  /** Returns usual time limits. */
  public static SenderOptions to(InetSocketAddress destination) {
    return new SenderOptions(
        destination,
        false,
        Timeouts.usual(),
        SessionFile.defaultFolder(),
        MAXIMUM_PAGES_AHEAD,
        Optional.empty());
  }

  /** Returns the same with another choice of verification. */
  public SenderOptions withVerify(boolean choice) {
    return new SenderOptions(destination, choice, timeouts, stateFolder, pagesAhead, keys);
  }

  /** Returns the same with other time limits. */
  public SenderOptions withTimeouts(Timeouts choice) {
    return new SenderOptions(destination, verify, choice, stateFolder, pagesAhead, keys);
  }

  /** Returns the same with another folder for the session's file. */
  public SenderOptions withStateFolder(Path choice) {
    return new SenderOptions(destination, verify, timeouts, choice, pagesAhead, keys);
  }

  /** Returns the same with another number of pages that are sent before the freeze. */
  SenderOptions withPagesAhead(int choice) {
    return new SenderOptions(destination, verify, timeouts, stateFolder, choice, keys);
  }

  /** Returns the same with keys. */
  public SenderOptions withKeys(TlsKeys choice) {
    return new SenderOptions(
        destination, verify, timeouts, stateFolder, pagesAhead, Optional.of(choice));
  }
}
