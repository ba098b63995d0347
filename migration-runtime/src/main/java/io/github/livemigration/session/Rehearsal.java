package io.github.livemigration.session;

import io.github.livemigration.linux.Signals;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrations of a small process of our own inside this JVM, over loopback, along the real path. After them the code that
 * counts in the downtime is loaded and compiled.
 */
public final class Rehearsal {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

  private final int rounds;
  private final long budgetNanos;

  private Rehearsal(int rounds, long budgetNanos) {
    this.rounds = rounds;
    this.budgetNanos = budgetNanos;
  }

  /** Returns the rehearsal of a receiver, before it says that it listens. */
  public static Rehearsal ofReceiving() {
    return new Rehearsal(40, 3_000_000_000L);
  }

  /** Returns the rehearsal of a sender, before it stops its target. */
  public static Rehearsal ofSending() {
    return new Rehearsal(40, 2_000_000_000L);
  }

  /**
   * Rehearse, until the rounds are done or the time is up. A rehearsal that fails costs speed only: the first real
   * migration tells what is wrong.
   */
  public void run() {
    long start = System.nanoTime();
    try {
      for (int round = 0; round < rounds && System.nanoTime() - start < budgetNanos; round++) {
        migrate();
      }
    } catch (Exception e) {
      LOG.debug("the rehearsal failed", e);
    }
    LOG.debug("rehearsed for {} ms", (System.nanoTime() - start) / 1_000_000);
  }

  private static void migrate() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    ReceiverListener listener =
        new ReceiverListener() {
          @Override
          public void finished(MigrationReport report) {
            if (report.outcome() == Outcome.COMPLETED) {
              Signals.kill(report.hostPid(), Signals.SIGKILL);
            } else {
              ended.countDown();
            }
          }

          @Override
          public void ended(int pid, int exitStatus) {
            ended.countDown();
          }
        };
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Receiver receiver = Receiver.bind(ReceiverOptions.on(loopback), listener);
        RehearsalTarget target = new RehearsalTarget()) {
      receiver.open();
      SenderOptions options = SenderOptions.to(receiver.address());
      new Sender(options, MigrationListener.none()).send(target.hostPid());
      ended.await();
    }
  }
}
