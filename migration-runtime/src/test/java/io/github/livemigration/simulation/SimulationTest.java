package io.github.livemigration.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The session layer of both sides through simulated hours of cuts, outages, deaths, and, before
 * COMMIT, of steps that fail or take too long. Each change of a process is looked at: never do two
 * copies run, never is there none that could; every page is installed once, with its content; and
 * everything comes to an end.
 *
 * <p>{@code -Dmigrate.seed=N} repeats the simulations of another day, {@code -Dmigrate.tests=long}
 * simulates 24 hours.
 */
class SimulationTest {
  private static final long SEED =
      Long.getLong("migrate.seed", System.currentTimeMillis() / 86_400_000);

  @TempDir Path folder;

  @Test
  void exactlyOneCopyGoesOnThroughBadWeather() throws Exception {
    String summary = simulate(SEED, Duration.ofHours(1), true);
    assertThat(summary).contains("MOVED");
  }

  @Test
  void seedRepeatsASimulation() throws Exception {
    Duration time = Duration.ofMinutes(3);
    String first = simulate(SEED, time, true);
    assertThat(simulate(SEED, time, true)).isEqualTo(first);
    assertThat(simulate(SEED + 1, time, true)).isNotEqualTo(first);
  }

  @Test
  @Tag("long")
  void exactlyOneCopyGoesOnThroughADay() throws Exception {
    simulate(SEED, Duration.ofDays(1), true);
  }

  @Test
  void sourceIsKeptForAReceiverThatHasForgotten() throws Exception {
    simulate(SEED, Duration.ofMinutes(30), false);
  }

  /** Simulate, with receivers that know the sessions of those that have died, or do not. */
  private String simulate(long seed, Duration time, boolean remembering) throws Exception {
    Path sessions = Files.createTempDirectory(folder, "sessions");
    Path tests =
        Path.of(SimulationTest.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ClassLoader loader =
        new SimulationLoader(
            tests.resolveSibling("simulation-classes"), SimulationTest.class.getClassLoader());
    try {
      Object summary =
          loader
              .loadClass("io.github.livemigration.simulation.Simulation")
              .getMethod("run", long.class, long.class, Path.class, boolean.class)
              .invoke(null, seed, time.toSeconds(), sessions, remembering);
      System.out.println(summary);
      return String.valueOf(summary);
    } catch (InvocationTargetException e) {
      throw new AssertionError("seed " + seed + ": " + e.getCause().getMessage(), e.getCause());
    }
  }
}
