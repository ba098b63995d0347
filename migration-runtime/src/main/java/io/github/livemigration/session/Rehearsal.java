package io.github.livemigration.session;

import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.ThreadPriority;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrations of a small process of our own inside this JVM, over loopback, along the real path.
 * After them the code that counts in the downtime is loaded and compiled.
 */
public final class Rehearsal {
  private static final Logger LOG = LoggerFactory.getLogger(Rehearsal.class);

  /** Each takes memory; on two processors, four at once get no more done in the time than two. */
  private static final int AT_ONCE = 2;

  private static final long BUDGET_NANOS = 4_000_000_000L;

  private final int rounds;

  /**
   * Prepare, for a receiver before it says that it listens, or a sender before it stops its target.
   *
   * @param rounds at most so many; 0 for none
   */
  public Rehearsal(int rounds) {
    this.rounds = rounds;
  }

  /**
   * Rehearse, until the rounds are done or the time is up. A rehearsal that fails costs speed only:
   * the first real migration tells what is wrong.
   *
   * <p>Several go on at once, as most of a round's time is the kernel's, which takes down
   * namespaces at leisure.
   */
  public void run() {
    long start = System.nanoTime();
    AtomicInteger remaining = new AtomicInteger(rounds);
    try (ThreadPriority.Calm calm = ThreadPriority.calmly()) {
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        Thread thread = new Thread(() -> rehearse(remaining, start), "rehearsal");
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    System.gc(); // So that the next collection comes as late as possible.
    LOG.debug(
        "{} rounds in {} ms",
        rounds - Math.max(0, remaining.get()),
        (System.nanoTime() - start) / 1_000_000);
  }

  private void rehearse(AtomicInteger remaining, long start) {
    try {
      while (System.nanoTime() - start < BUDGET_NANOS && remaining.getAndDecrement() > 0) {
        migrate();
      }
    } catch (Exception e) {
      LOG.debug("a rehearsal failed", e);
    }
  }

  /** A real process goes on while the plan is made. */
  private static MigrationListener changing(RehearsalTarget target) {
    return new MigrationListener() {
      @Override
      public void phaseBegan(String name) {
        if (name.equals("freeze")) {
          target.change();
        }
      }
    };
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
      SenderOptions options =
          SenderOptions.to(receiver.address()).withPagesAhead(RehearsalTarget.PAGES / 2);
      MigrationReport report = new Sender(options, changing(target)).send(target.hostPid());
      ended.await();
      // The first report of a JVM takes a third of a second, which a moved process would lack.
      LOG.debug("rehearsed: {}", MigrationReportJson.toJson(report));
    }
  }
}
