package io.github.livemigration.capture;

import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessImage;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;

/** A frozen process whose state was read; the contents of its memory are still to be read. */
public final class Capture {
  private final FrozenProcess process;
  private final ProcessImage image;
  private final MemoryReader mappings;
  private final ObjectTable objects;
  private final SourcePlan plan;
  private final MemorySurvey survey;
  private final HotSet hot;
  private final Callable<Boolean> confirmation;

  Capture(
      FrozenProcess process,
      ProcessImage image,
      MemoryReader mappings,
      ObjectTable objects,
      SourcePlan plan,
      MemorySurvey survey,
      HotSet hot,
      Callable<Boolean> confirmation) {
    this.process = process;
    this.image = image;
    this.mappings = mappings;
    this.objects = objects;
    this.plan = plan;
    this.survey = survey;
    this.hot = hot;
    this.confirmation = confirmation;
  }

  /** Returns all of the process but the contents of its memory. */
  public ProcessImage image() {
    return image;
  }

  /** Returns which mappings of the plan the image has, by their positions in the plan. */
  public List<Integer> keptMappings() {
    return mappings.keptMappings();
  }

  /**
   * Find out beside everything else whether the mappings are what the image took them for: it may
   * have used what was read before the freeze. Nothing may be done meanwhile that changes them.
   * Where it is not known already, it makes the kernel walk all page tables, and so begins when
   * {@link #readContents}, which the destination waits for first, has use for one processor only.
   * What else is found then that cannot be carried, a {@link CannotCarryException} tells.
   */
  public Future<Boolean> confirm() {
    return survey.thenRead(confirmation);
  }

  /**
   * Read what the destination does not need to begin: where the memory has content, and what of it
   * travels first. Any thread may call.
   */
  public MemoryContents readContents() {
    ContentsReader reader =
        new ContentsReader(
            process.memory(), objects, mappings.carried(), survey.resident(), plan, image.memory());
    reader.readHot(hot);
    return reader.read(survey.changed());
  }

  /** End what goes on beside, before the process is let go. */
  public void abandon() {
    survey.abandon();
  }

  /** Returns the pages of the process, for as long as it is frozen. */
  public SourcePages pages() {
    return new SourcePages(process.memory(), objects);
  }
}
