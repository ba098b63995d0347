package io.github.livemigration.capture;

import static io.github.livemigration.image.AddressRange.USER_SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.pages.Ranges;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
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
                      assertThat(written(ResidentPages.of(pid, early.withFiles(), new Pace())))
                          .isEqualTo(written(ResidentPages.of(pid)))
                          .isNotEmpty());
        });
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
