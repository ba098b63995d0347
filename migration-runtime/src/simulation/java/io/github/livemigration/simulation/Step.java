package io.github.livemigration.simulation;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * What a side does between two messages before COMMIT. It takes time, in which anything can happen,
 * now and then more than the other side has patience for; and it can fail.
 */
public enum Step {
  /** The source looks at the running process. */
  LOOK_AHEAD,
  /** The destination compares hosts, and makes the blank process. */
  ANSWER,
  /** The destination builds what is planned. */
  BUILD_PLAN,
  /** The source reads the frozen process. */
  CAPTURE,
  /** The source reads where its memory has content. */
  READ_CONTENTS,
  /** The destination builds the rest. */
  RESTORE,
  /** The destination notes the session. */
  NOTE,
  /** The destination notes that COMMIT has come. */
  NOTE_COMMIT;

  private static final int ONE_IS_SLOW = 40;
  private static final int ONE_IS_TOO_SLOW = 400;
  private static final int ONE_FAILS = 150;
  private static final Map<Step, Integer> FAILURES = new EnumMap<>(Step.class);

  /** Do it. */
  public void take() throws IOException {
    Scheduler scheduler = Scheduler.the();
    Random random = scheduler.random();
    scheduler.requireAlive();
    scheduler.sleep((long) (random.nextDouble() * longestNanos(random)));
    Network.the().written();
    if (random.nextInt(ONE_FAILS) == 0) {
      FAILURES.merge(this, 1, Integer::sum);
      throw new IOException(this + " failed");
    }
  }

  private static long longestNanos(Random random) {
    if (random.nextInt(ONE_IS_TOO_SLOW) == 0) {
      return TimeUnit.SECONDS.toNanos(90);
    }
    return random.nextInt(ONE_IS_SLOW) == 0
        ? TimeUnit.SECONDS.toNanos(3)
        : TimeUnit.MILLISECONDS.toNanos(5);
  }

  /** Returns how often each has failed. */
  public static String failures() {
    return FAILURES.toString();
  }
}
