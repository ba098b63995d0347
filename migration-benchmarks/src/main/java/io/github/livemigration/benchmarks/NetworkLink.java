package io.github.livemigration.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A link that nothing else uses, without delay, between two network namespaces: a pair of virtual
 * Ethernet devices, with a token bucket at both ends where it has a bandwidth.
 *
 * <p>A relay between the two sides would need neither root nor programs, but would take time of the
 * processors that they share, so the kernel's bucket is used. On a host of two processors it let
 * one connection have 490 of 500, 970 of 1000 and 1980 of 2000 MiB/s, with frames of 65,000 bytes;
 * with the usual 1500 bytes, 450, 570 and 800.
 *
 * <p>Two programs hold the namespaces, and wait for the end of their standard input: no namespace
 * outlives this program, however that ends, and those that it has started there.
 *
 * @see <a href="https://man7.org/linux/man-pages/man8/tc-tbf.8.html">tc-tbf(8)</a>
 */
final class NetworkLink implements AutoCloseable {
  static final int UNLIMITED = 0;

  /** Addresses for documentation (RFC 5737), which nobody else has. */
  private static final String SOURCE = "192.0.2.1";

  private static final String DESTINATION = "192.0.2.2";
  private static final String DEVICE = "link0";
  private static final String READY = "ready";
  private static final String FRAME_BYTES = "65000";

  /** The bucket has to hold what passes until the kernel looks again. */
  private static final String BURST = "2mb";

  private static final String LONGEST_QUEUE = "20ms";

  private final List<Process> holders = new ArrayList<>();

  private NetworkLink() {}

  /**
   * Make one.
   *
   * @param mibPerSecond what passes in either direction; {@link #UNLIMITED} for all that can
   * @throws IOException when this host lacks a program or does not allow it; names the reason
   */
  static NetworkLink of(int mibPerSecond) throws IOException {
    NetworkLink link = new NetworkLink();
    try {
      link.holders.add(namespace());
      link.holders.add(namespace());
      link.connect();
      link.configure(0, SOURCE, mibPerSecond);
      link.configure(1, DESTINATION, mibPerSecond);
      return link;
    } catch (IOException e) {
      link.close();
      throw e;
    }
  }

  private static Process namespace() throws IOException {
    Process holder =
        new ProcessBuilder("unshare", "--net", "sh", "-c", "echo " + READY + "; exec cat")
            .redirectErrorStream(true)
            .start();
    byte[] words = holder.getInputStream().readNBytes(READY.length());
    String said = new String(words, StandardCharsets.UTF_8);
    if (!said.equals(READY)) {
      throw new IOException(said + rest(holder));
    }
    return holder;
  }

  private void connect() throws IOException {
    List<String> command = new ArrayList<>(List.of("ip", "link", "add"));
    command.addAll(List.of(DEVICE, "mtu", FRAME_BYTES, "netns", pid(0), "type", "veth"));
    command.addAll(List.of("peer", DEVICE, "mtu", FRAME_BYTES, "netns", pid(1)));
    execute(command);
  }

  private void configure(int end, String address, int mibPerSecond) throws IOException {
    inside(end, "ip", "address", "add", address + "/24", "dev", DEVICE);
    if (mibPerSecond != UNLIMITED) {
      List<String> bucket = new ArrayList<>(List.of("tc", "qdisc", "add", "dev", DEVICE, "root"));
      bucket.addAll(List.of("tbf", "rate", 8 * ((long) mibPerSecond << 20) + "bit"));
      bucket.addAll(List.of("burst", BURST, "latency", LONGEST_QUEUE));
      inside(end, bucket.toArray(String[]::new));
    }
    inside(end, "ip", "link", "set", DEVICE, "up");
  }

  private void inside(int end, String... command) throws IOException {
    List<String> whole = entering(end);
    whole.addAll(List.of(command));
    execute(whole);
  }

  private static void execute(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = rest(process);
    try {
      if (process.waitFor() != 0) {
        throw new IOException("'" + String.join(" ", command) + "' failed: " + said);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static String rest(Process process) throws IOException {
    byte[] said = process.getInputStream().readAllBytes();
    return new String(said, StandardCharsets.UTF_8).strip().replace('\n', ' ');
  }

  private List<String> entering(int end) {
    return new ArrayList<>(List.of("nsenter", "--net", "--target", pid(end)));
  }

  private String pid(int end) {
    return Long.toString(holders.get(end).pid());
  }

  /** Returns a workbench whose programs run at the end from which memory comes. */
  Workbench source(Workbench workbench) {
    return workbench.entering(entering(0));
  }

  /** Returns a workbench whose programs run at the other end. */
  Workbench destination(Workbench workbench) {
    return workbench.entering(entering(1));
  }

  String sourceAddress() {
    return SOURCE;
  }

  String destinationAddress() {
    return DESTINATION;
  }

  @Override
  public void close() {
    holders.forEach(Process::destroyForcibly);
  }
}
