package io.github.livemigration.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace with one address that is not a loopback one, so that a test needs no network
 * and changes none. Ends with its last process.
 */
final class NetworkOfItsOwn implements AutoCloseable {
  private static final String READY = "ready";

  private final Process holder;

  private NetworkOfItsOwn(Process holder) {
    this.holder = holder;
  }

  static NetworkOfItsOwn with(String address) throws IOException {
    Process holder =
        new ProcessBuilder(
                "unshare",
                "--net",
                "sh",
                "-c",
                "ip link set lo up && ip address add %s/32 dev lo && echo %s && exec cat"
                    .formatted(address, READY))
            .redirectErrorStream(true)
            .start();
    byte[] words = holder.getInputStream().readNBytes(READY.length());
    String said = new String(words, StandardCharsets.UTF_8);
    if (!said.equals(READY)) {
      throw new AssertionError(
          said + new String(holder.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    return new NetworkOfItsOwn(holder);
  }

  /** Returns the same command, run in the namespace. */
  List<String> inside(List<String> command) {
    List<String> inside =
        new ArrayList<>(List.of("nsenter", "--net", "--target", Long.toString(holder.pid())));
    inside.addAll(command);
    return inside;
  }

  @Override
  public void close() {
    holder.destroyForcibly();
  }
}
