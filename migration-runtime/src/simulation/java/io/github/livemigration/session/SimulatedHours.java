package io.github.livemigration.session;

import io.github.livemigration.simulation.Program;
import io.github.livemigration.simulation.Scheduler;
import io.github.livemigration.simulation.Step;
import io.github.livemigration.simulation.Task;
import io.github.livemigration.simulation.Weather;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Some hours of several users, one receiver, and bad weather. */
public final class SimulatedHours implements Runnable {
  private static final int USERS = 3;

  private final long nanos;
  private final Path folder;
  private final boolean remembering;
  private String summary = "";

  /**
   * Prepare.
   *
   * @param remembering whether receivers know the sessions of those that have died
   */
  public SimulatedHours(long seconds, Path folder, boolean remembering) {
    this.remembering = remembering;
    this.nanos = TimeUnit.SECONDS.toNanos(seconds);
    this.folder = folder;
  }

  @Override
  public void run() {
    Scheduler scheduler = Scheduler.the();
    ReceiverOptions options = ReceiverOptions.on(SimulatedReceiver.ADDRESS);
    SimulatedReceiver receiver =
        new SimulatedReceiver(
            remembering ? options.withStateFolder(folder.resolve("receiver")) : options);
    receiver.start();
    Weather weather = new Weather(receiver);
    Task happening = scheduler.spawn("weather", new Program("weather"), weather::run);
    Map<SimulatedUser.Event, Integer> counts = SimulatedUser.noCounts();
    List<Task> users = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      SimulatedUser user = new SimulatedUser(receiver, weather, folder, counts);
      users.add(scheduler.spawn("user", () -> user.run(nanos)));
    }
    users.forEach(Task::join);
    weather.end();
    happening.join();
    scheduler.sleep(TimeUnit.HOURS.toNanos(1));
    Weather.kill(receiver.program());
    scheduler.requireNoOthers();
    summary = counts + ", " + weather.counts() + ", failed " + Step.failures();
  }

  /** Returns what has happened. */
  public String summary() {
    return summary;
  }
}
