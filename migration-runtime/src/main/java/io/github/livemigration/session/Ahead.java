package io.github.livemigration.session;

import io.github.livemigration.capture.EarlyMappings;
import io.github.livemigration.capture.FileKey;
import io.github.livemigration.capture.PlanReader;
import io.github.livemigration.capture.SourcePlan;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * What the source has read before the freeze, and the destination has built.
 *
 * @param mappings to be confirmed later, and watched until this is closed
 * @param plan that the destination has
 */
record Ahead(EarlyMappings mappings, SourcePlan plan) implements AutoCloseable {
  /**
   * Read, and let the destination build it.
   *
   * @param live a thread of the target
   * @param sameFiles that both hosts have
   * @param pages most pages that are sent
   * @param confirmable whether the mappings may be used at the freeze, and confirmed later
   * @param limit for the destination to take the plan
   */
  static Ahead send(
      ControlChannel control,
      int live,
      Set<FileKey> sameFiles,
      int pages,
      boolean confirmable,
      Duration limit)
      throws IOException {
    EarlyMappings early = EarlyMappings.of(live);
    SourcePlan plan = SourcePlan.none();
    try {
      plan = PlanReader.read(live, early, sameFiles, pages);
      control.send(FrameType.PLAN, ProcessPlan.class, plan.plan(), plan.plan().pages(), limit);
      control.frames().receive(FrameType.PLANNED);
      if (confirmable) {
        return new Ahead(early.renewed(live), plan);
      }
      early.close();
      return new Ahead(EarlyMappings.none(), plan);
    } catch (IOException | RuntimeException e) {
      plan.close();
      early.close();
      throw e;
    }
  }

  @Override
  public void close() {
    mappings.close();
    plan.close();
  }
}
