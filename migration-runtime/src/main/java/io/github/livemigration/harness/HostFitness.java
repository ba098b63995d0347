package io.github.livemigration.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/**
 * Whether a migration can work on this host, in {@code doctor}'s words.
 *
 * @param fit whether it can
 * @param words what {@code doctor} printed: each thing that is missing, with the command that mends
 *     it
 */
public record HostFitness(boolean fit, String words) {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /**
   * Ask {@code doctor}, in a process of its own.
   *
   * @throws HarnessException if it does not answer
   */
  public static HostFitness check(MigrateCommand migrate) {
    try (MigrateProcess doctor = MigrateProcess.start("doctor", migrate, List.of("doctor"), null)) {
      String words = new String(doctor.output().readAllBytes(), StandardCharsets.UTF_8);
      if (!doctor.awaitExit(TIMEOUT)) {
        throw new HarnessException(
            "doctor did not answer within " + Durations.words(TIMEOUT) + "; " + doctor.describe());
      }
      String said = words.isBlank() ? String.join("\n", doctor.diagnostics()) : words;
      return new HostFitness(doctor.exitStatus().orElse(-1) == 0, said.strip());
    } catch (IOException e) {
      throw new HarnessException("the answer of doctor cannot be read", e);
    }
  }

  /** Fail with {@code doctor}'s words if a migration cannot work here. */
  public void require() {
    if (!fit) {
      throw new HarnessException("a migration cannot work on this host:\n" + words);
    }
  }
}
