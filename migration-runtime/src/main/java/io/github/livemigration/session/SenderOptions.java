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
 * @param keys for connections under TLS; without them connections are in the clear
 */
public record SenderOptions(
    InetSocketAddress destination,
    boolean verify,
    Timeouts timeouts,
    Path stateFolder,
    Optional<TlsKeys> keys) {

  /** Returns usual time limits. */
  public static SenderOptions to(InetSocketAddress destination) {
    return new SenderOptions(
        destination, false, Timeouts.usual(), SessionFile.defaultFolder(), Optional.empty());
  }

  /** Returns the same with another choice of verification. */
  public SenderOptions withVerify(boolean choice) {
    return new SenderOptions(destination, choice, timeouts, stateFolder, keys);
  }

  /** Returns the same with other time limits. */
  public SenderOptions withTimeouts(Timeouts choice) {
    return new SenderOptions(destination, verify, choice, stateFolder, keys);
  }

  /** Returns the same with another folder for the session's file. */
  public SenderOptions withStateFolder(Path choice) {
    return new SenderOptions(destination, verify, timeouts, choice, keys);
  }

  /** Returns the same with keys. */
  public SenderOptions withKeys(TlsKeys choice) {
    return new SenderOptions(destination, verify, timeouts, stateFolder, Optional.of(choice));
  }
}
