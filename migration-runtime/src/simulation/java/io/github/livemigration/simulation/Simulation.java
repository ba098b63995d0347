package io.github.livemigration.simulation;

import io.github.livemigration.session.SimulatedHours;
import java.nio.file.Path;

/** Runs once for each class loader. */
public final class Simulation {
  private static final long PATIENCE_SECONDS = 120;

  private Simulation() {}

  /**
   * Simulate.
   *
   * @param seed repeats a simulation
   * @param seconds of simulated time
   * @param folder for the sessions of senders, and of receivers
   * @param remembering whether receivers know the sessions of those that have died
   * @return what has happened, and a number that depends on each step
   * @throws IllegalStateException when something is wrong
   */
  public static String run(long seed, long seconds, Path folder, boolean remembering)
      throws InterruptedException {
    SimulatedHours hours = new SimulatedHours(seconds, folder, remembering);
    Scheduler.the().run(seed, hours, PATIENCE_SECONDS);
    return "seed %d, %d s, %d steps, trace %016x: %s"
        .formatted(
            seed, seconds, Scheduler.the().steps(), Scheduler.the().trace(), hours.summary());
  }
}
