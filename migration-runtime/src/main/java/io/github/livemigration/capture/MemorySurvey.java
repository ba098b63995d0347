package io.github.livemigration.capture;

import io.github.livemigration.linux.ThreadPriority;
import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out about the memory of a frozen process what needs no other state of it: its mappings,
 * which pages there are, and which planned ones have changed. It goes on beside the reading of all
 * the rest, and has less haste.
 */
final class MemorySurvey {
  private static final Logger LOG = LoggerFactory.getLogger(MemorySurvey.class);
  private static final ThreadPriority.Urgency URGENCY = ThreadPriority.Urgency.SOME_THREAD_WAITS;

  private final PlanComparison comparison;
  private final FutureTask<EarlyMappings> current;
  private final FutureTask<ResidentPages> resident;
  private final FutureTask<?> compared;

  private MemorySurvey(
      SourcePlan plan,
      PlanComparison comparison,
      Callable<EarlyMappings> currentMappings,
      Pace pace,
      int pid) {
    this.comparison = comparison;
    current = new FutureTask<>(currentMappings);
    resident =
        new FutureTask<>(
            () -> {
              EarlyMappings early = Beside.result(current);
              return ResidentPages.of(pid, early.withFiles(), plan.longRuns(early), pace);
            });
    compared = new FutureTask<>(comparison::work, true);
  }

  /**
   * Begin; until {@link #changed} or {@link #abandon} has returned the process must stay.
   *
   * @param currentMappings reads the mappings, as far as they are known
   * @param pace of what is done beside the calling thread
   */
  static MemorySurvey start(
      FrozenProcess process, SourcePlan plan, Callable<EarlyMappings> currentMappings, Pace pace) {
    MemorySurvey survey =
        new MemorySurvey(
            plan,
            new PlanComparison(plan, process.memory(), pace),
            currentMappings,
            pace,
            process.leader().tid());
    Beside.help(survey::work);
    return survey;
  }

  /** On one thread: a second urgent one could keep the frozen ones from their calls. */
  private void work() {
    current.run();
    ThreadPriority.raise(URGENCY);
    resident.run();
    compared.run();
  }

  /** Wait for the mappings. */
  EarlyMappings current() {
    return Beside.result(current);
  }

  /** Wait for the pages there are. */
  ResidentPages resident() {
    return Beside.result(resident);
  }

  /**
   * Returns which planned pages have another content now, by their indexes in the plan, and takes a
   * part in what is left to compare.
   */
  BitSet changed() {
    comparison.work();
    Beside.result(compared);
    return comparison.changed();
  }

  /** Read something else beside, once this survey's own thread has nothing left to do. */
  <T> Future<T> thenRead(Callable<T> reading) {
    return Beside.start(
        URGENCY,
        () -> {
          Beside.result(compared);
          return reading.call();
        });
  }

  /** Come to an end without a result. */
  void abandon() {
    comparison.abandon();
    try {
      Beside.result(compared);
    } catch (RuntimeException e) {
      LOG.debug("nobody asks for this any more", e);
    }
  }
}
