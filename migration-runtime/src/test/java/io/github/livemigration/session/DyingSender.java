package io.github.livemigration.session;

import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.Signals;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** A sender that kills itself when a phase begins, or some time after that. */
final class DyingSender {
  private DyingSender() {}

  /**
   * Start one in a JVM of its own.
   *
   * @param phase in which it dies; "never" for a sender that is killed from outside
   */
  static Process start(int pid, InetSocketAddress to, Path state, String phase, long afterMicros)
      throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-Xshare:auto",
            "-cp",
            System.getProperty("java.class.path"),
            DyingSender.class.getName(),
            Integer.toString(pid),
            Integer.toString(to.getPort()),
            state.toString(),
            phase,
            Long.toString(afterMicros))
        .redirectErrorStream(true)
        .redirectOutput(state.resolveSibling("sender.txt").toFile())
        .start();
  }

  /** Takes pid, port, state folder, phase and microseconds. */
  public static void main(String[] arguments) throws Exception {
    String phase = arguments[3];
    long afterNanos = Long.parseLong(arguments[4]) * 1_000;
    MigrationListener dying =
        new MigrationListener() {
          @Override
          public void phaseBegan(String name) {
            if (name.equals(phase)) {
              die(afterNanos);
            }
          }
        };
    SenderOptions options =
        SenderOptions.to(
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1])))
            .withVerify(true)
            .withStateFolder(Path.of(arguments[2]));
    new Sender(options, dying).send(Integer.parseInt(arguments[0]));
  }

  private static void die(long afterNanos) {
    if (afterNanos == 0) {
      Signals.kill(SelfProcess.pid(), Signals.SIGKILL);
    }
    long end = System.nanoTime() + afterNanos;
    Thread timer =
        new Thread(
            () -> {
              while (System.nanoTime() < end) {
                Thread.onSpinWait();
              }
              Signals.kill(SelfProcess.pid(), Signals.SIGKILL);
            },
            "timer of death");
    timer.start();
  }
}
