package io.github.livemigration.simulation;

import java.security.SecureRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.helpers.NOPLogger;

/** What the product's calls for time and threads become. */
public final class Redirected {
  private Redirected() {}

  /** In place of System's. */
  public static long nanoTime() {
    return Scheduler.the().nanoTime();
  }

  /** In place of TimeUnit's. */
  public static void sleep(TimeUnit unit, long time) {
    Scheduler.the().sleep(unit.toNanos(time));
  }

  /** In place of TimeUnit's. */
  public static void timedWait(TimeUnit unit, Object monitor, long time) {
    if (time > 0) {
      Scheduler.the().awaitMonitor(monitor, unit.toNanos(time));
    }
  }

  /** In place of Object's. */
  public static void await(Object monitor) {
    Scheduler.the().awaitMonitor(monitor, Scheduler.FOR_EVER);
  }

  /** In place of Object's. */
  public static void notifyAll(Object monitor) {
    Scheduler.the().notifyMonitor(monitor);
  }

  /** In place of SecureRandom's: a session's token comes from the seed as well. */
  public static void nextBytes(SecureRandom ignored, byte[] bytes) {
    Scheduler.the().random().nextBytes(bytes);
  }

  /** In place of Executors'. */
  public static ExecutorService newCachedThreadPool(ThreadFactory ignored) {
    return new SimulatedExecutor();
  }

  /** In place of LoggerFactory's: thousands of outages are expected. */
  public static Logger getLogger(Class<?> ignored) {
    return NOPLogger.NOP_LOGGER;
  }
}
