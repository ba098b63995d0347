package io.github.livemigration.capture;

import static io.github.livemigration.image.AddressRange.PAGE_BYTES;
import static io.github.livemigration.image.AddressRange.USER_SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.KernelFeature;
import io.github.livemigration.linux.KernelFeatures;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.pages.Ranges;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** What was read of a running process is known to be old as soon as it is. */
class EarlyMappingsIT {
  private static final String TARGET =
      """
      import mmap
      area = mmap.mmap(-1, 1 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, mmap.PROT_READ)
      shared = mmap.mmap(-1, 1 << 20)
      shared[0] = 1
      filled = mmap.mmap(-1, 16 << 20, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
      filled[: 15 << 20] = b"f" * (15 << 20)
      print("ready", flush=True)
      exec(input())
      print("done", flush=True)
      input()
      """;

  @Test
  void mappingsOfAProcessThatWaitsHold() throws Exception {
    assertHolds("pass", true, true);
  }

  @Test
  void newMappingIsSeenInMaps() throws Exception {
    assertHolds("more = mmap.mmap(-1, 9 << 20, prot=mmap.PROT_READ)", false, false);
  }

  @Test
  void newAdviceIsSeenWhenItIsConfirmed() throws Exception {
    assertHolds("area.madvise(10)", true, false);
  }

  @Test
  void pagesOfFilesAreLeftOutWhereverFilesAreMapped() throws Exception {
    inTarget(
        "pass",
        (pid, early) -> {
          assertThat(early.withFiles()).isNotEqualTo(EarlyMappings.none().withFiles());
          await() // The target still comes to its last line.
              .untilAsserted(
                  () ->
                      assertThat(written(scanned(pid, early, List.of())))
                          .isEqualTo(written(ResidentPages.of(pid)))
                          .isNotEmpty());
        });
  }

  @Test
  void longRunsThatWereThereAreNotLookedAt() throws Exception {
    inTarget(
        "pass",
        (pid, early) ->
            await() // The target still comes to its last line.
                .untilAsserted(() -> assertLongRunsAreThere(pid, early)));
  }

  private static void assertLongRunsAreThere(int pid, EarlyMappings earlier) {
    try (EarlyMappings early = EarlyMappings.of(pid);
        SourcePlan plan = PlanReader.read(pid, early, Set.of(), 0)) {
      assertThat(plan.longRuns(early)).as("before it is known that they are").isEmpty();
      early.settle(ProcFs.threads(pid));
      List<AddressRange> runs = plan.longRuns(early);
      if (KernelFeatures.ofThisHost().has(KernelFeature.Id.CALL_COUNTER)) {
        assertThat(runs).anyMatch(run -> run.pageCount() >= (15 << 20) / PAGE_BYTES);
      }
      assertThat(written(scanned(pid, early, runs))).isEqualTo(written(ResidentPages.of(pid)));
      earlier.settle(ProcFs.threads(pid));
      assertThat(plan.longRuns(earlier)).as("by other mappings").isEmpty();
    }
  }

  private static ResidentPages scanned(int pid, EarlyMappings early, List<AddressRange> known) {
    return ResidentPages.of(pid, early.withFiles(), known, new Pace());
  }

  private static List<AddressRange> written(ResidentPages pages) {
    return Ranges.merged(pages.writtenWithin(USER_SPACE));
  }

  private static void assertHolds(String action, boolean current, boolean confirmed)
      throws IOException {
    inTarget(
        action,
        (pid, early) -> {
          assertThat(early.isCurrent(pid)).as("maps").isEqualTo(current);
          assertThat(early.isConfirmed(pid)).as("smaps").isEqualTo(confirmed);
        });
  }

  private static void inTarget(String action, BiConsumer<Integer, EarlyMappings> look)
      throws IOException {
    Process process = new ProcessBuilder("/usr/bin/python3", "-c", TARGET).start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      int pid = (int) process.pid();
      assertThat(lines.readLine()).isEqualTo("ready");
      try (EarlyMappings early = EarlyMappings.of(pid)) {
        process.outputWriter().append(action).append('\n').flush();
        assertThat(lines.readLine()).isEqualTo("done");
        look.accept(pid, early);
      }
    } finally {
      process.destroyForcibly();
    }
  }
}
