package io.github.livemigration.session;

import io.github.livemigration.linux.FaultPoints;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.Signals;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A sender that kills itself when a phase begins, or a number of calls or some time after that. It
 * does not outlive the phase.
 */
final class DyingSender {
  private DyingSender() {}

  /**
   * Start one in a JVM of its own.
   *
   * @param phase in which it dies; "never" for a sender that is killed from outside
   * @param after "0", a time such as "300us", or a number of calls to the kernel such as "20calls"
   */
  static Process start(int pid, InetSocketAddress to, Path state, String phase, String after)
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
            after)
        .redirectErrorStream(true)
        .redirectOutput(state.resolveSibling("sender.txt").toFile())
        .start();
  }

  /** Takes pid, port, state folder, phase and how long after its beginning. */
  public static void main(String[] arguments) throws Exception {
    String phase = arguments[3];
    MigrationListener dying =
        new MigrationListener() {
          private boolean begun;

          @Override
          public void phaseBegan(String name) {
            if (begun) {
              die();
            }
            if (name.equals(phase)) {
              begun = true;
              dieAfter(arguments[4]);
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

  private static void dieAfter(String what) {
    int amount = Integer.parseInt(what.replaceFirst("\\D+$", ""));
    if (amount == 0) {
      die();
    } else if (what.endsWith("calls")) {
      AtomicInteger left = new AtomicInteger(amount);
      FaultPoints.install(
          call -> {
            if (left.decrementAndGet() == 0) {
              die();
            }
          });
    } else {
      long end = System.nanoTime() + amount * 1_000L;
      new Thread(
              () -> {
                while (System.nanoTime() < end) {
                  Thread.onSpinWait();
                }
                die();
              },
              "timer of death")
          .start();
    }
  }

  private static void die() {
    Signals.kill(SelfProcess.pid(), Signals.SIGKILL);
  }
}
