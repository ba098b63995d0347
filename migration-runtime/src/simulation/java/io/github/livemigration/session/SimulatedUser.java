package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.simulation.Copy;
import io.github.livemigration.simulation.Kernel;
import io.github.livemigration.simulation.Program;
import io.github.livemigration.simulation.Scheduler;
import io.github.livemigration.simulation.Source;
import io.github.livemigration.simulation.Task;
import io.github.livemigration.simulation.Weather;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Moves one process after the other, and goes on with what a sender has left. */
final class SimulatedUser {
  private static final long NEVER_LONGER = TimeUnit.HOURS.toNanos(6);
  private static final int MOST_ATTEMPTS = 300;
  private static final int MOST_PAGES = 300;

  /** How the life of a process can end, and what happens on the way. */
  enum Event {
    MOVED,
    REFUSED,
    ROLLED_BACK,
    SENDER_DIED,
    GIVEN_UP_BY_SENDER,
    RESUMED,
    CONTINUED_AFTER_RECEIVER_DEATH,
    KEPT_AFTER_RECEIVER_DEATH
  }

  private final Random random = Scheduler.the().random();
  private final SimulatedReceiver receiver;
  private final Weather weather;
  private final Path folder;
  private final SenderOptions options;
  private final Map<Event, Integer> counts;
  private String lastWords = "";

  SimulatedUser(
      SimulatedReceiver receiver, Weather weather, Path folder, Map<Event, Integer> counts) {
    this.receiver = receiver;
    this.weather = weather;
    this.folder = folder;
    this.counts = counts;
    this.options =
        SenderOptions.to(SimulatedReceiver.ADDRESS).withVerify(true).withStateFolder(folder);
  }

  static Map<Event, Integer> noCounts() {
    return new EnumMap<>(Event.class);
  }

  void run(long endNanos) {
    try {
      while (Scheduler.the().nanoTime() < endNanos) {
        moveOne();
        Scheduler.the().sleep(upTo(TimeUnit.SECONDS.toNanos(100)));
      }
    } catch (IOException e) {
      throw new IllegalStateException("the folder of sessions", e);
    }
  }

  private long upTo(long nanos) {
    return (long) (random.nextDouble() * nanos);
  }

  private void count(Event event) {
    counts.merge(event, 1, Integer::sum);
  }

  /** From the start of a process to its end. */
  private void moveOne() throws IOException {
    Source source = Kernel.the().start(PageMap.ofRanges(anyPages()));
    for (int attempt = 1; ; attempt++) {
      int starts = receiver.starts();
      Ending ending = sender(() -> send(source));
      if (ending == Ending.COMPLETED) {
        requireMoved(source);
        break;
      }
      if (ending == Ending.COPY_KILLED) {
        goOnHere(source, starts);
      } else if (source.runs()) {
        requireHere(source, attempt);
      } else if (goOnWith(source, starts)) {
        break;
      }
      Scheduler.the().sleep(upTo(TimeUnit.SECONDS.toNanos(60)));
    }
    forget(source);
    source.giveUp();
  }

  private List<AddressRange> anyPages() {
    List<AddressRange> pages = new ArrayList<>();
    long address = 0x10000;
    int left = 1 + random.nextInt(MOST_PAGES);
    while (left > 0) {
      int count = 1 + random.nextInt(left);
      pages.add(new AddressRange(address, count * 4096L));
      address += (count + 1 + random.nextInt(5)) * 4096L;
      left -= count;
    }
    return pages;
  }

  private MigrationReport send(Source source) throws MigrationException {
    try (AttachedProcess attached = new AttachedProcess(source.pid())) {
      return new SimulatedSender(attached, source.pages().ranges(), options).send();
    }
  }

  /** How a sender can end. */
  private enum Ending {
    COMPLETED,
    ROLLED_BACK,
    FAILED,
    KILLED,
    SESSION_UNKNOWN,
    COPY_KILLED,
    NOTHING_TO_DO
  }

  /** Run a sender, which may be killed at any moment. */
  private Ending sender(Callable<MigrationReport> work) {
    Program program = new Program("sender");
    Ending[] ending = {Ending.KILLED};
    weather.began(program);
    Task task = Scheduler.the().spawn("sender", program, () -> ending[0] = endingOf(work));
    if (!task.join(NEVER_LONGER)) {
      throw new IllegalStateException("the sender does not come to an end: " + task);
    }
    weather.ended(program);
    if (!program.isDead()) {
      Weather.kill(program); // It ends, and the kernel sees to what it leaves.
    }
    if (ending[0] == Ending.KILLED) {
      count(Event.SENDER_DIED);
    }
    return ending[0];
  }

  private Ending endingOf(Callable<MigrationReport> work) {
    try {
      work.call();
      return Ending.COMPLETED;
    } catch (MigrationRolledBackException e) {
      count(Event.ROLLED_BACK);
      lastWords = String.valueOf(e.getMessage());
      return Ending.ROLLED_BACK;
    } catch (MigrationRefusedException e) {
      count(Event.REFUSED);
      lastWords = String.valueOf(e.getMessage());
      return Ending.ROLLED_BACK;
    } catch (MigrationFailedException e) {
      String words = String.valueOf(e.getMessage());
      if (words.contains("UNKNOWN_SESSION")) {
        return Ending.SESSION_UNKNOWN;
      }
      if (words.contains("has given up and killed its copy")) {
        return Ending.COPY_KILLED;
      }
      if (!words.contains("no connection for 600 s")
          && !words.contains("no page was served for 600 s")) {
        throw new IllegalStateException("a sender fails: " + words, e);
      }
      count(Event.GIVEN_UP_BY_SENDER);
      return Ending.FAILED;
    } catch (IOException e) {
      return Ending.NOTHING_TO_DO;
    } catch (Exception e) {
      throw new IllegalStateException("a sender fails: " + e, e);
    }
  }

  private void requireHere(Source source, int attempt) {
    Copy copy = source.liveCopy();
    if (copy != null) {
      throw new IllegalStateException("rolled back, and there: " + source);
    }
    if (attempt > MOST_ATTEMPTS) {
      throw new IllegalStateException("never moved: " + source + ": " + lastWords);
    }
  }

  /** COMMIT was sent: returns false where it turns out that it has not arrived. */
  private boolean goOnWith(Source source, int starts) throws IOException {
    for (int attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      if (source.isGone()) {
        requireMoved(source);
        return true;
      }
      Scheduler.the().sleep(upTo(TimeUnit.SECONDS.toNanos(random.nextInt(10) == 0 ? 2000 : 30)));
      String session = sessionOf(source);
      if (session == null) {
        throw new IllegalStateException("no session is noted for " + source);
      }
      Ending ending = sender(() -> new Sender(options, MigrationListener.none()).resume(session));
      switch (ending) {
        case COMPLETED -> {
          count(Event.RESUMED);
          requireMoved(source);
          return true;
        }
        case ROLLED_BACK, NOTHING_TO_DO -> {
          if (source.runs()) {
            requireHere(source, 0);
            return false;
          }
        }
        case COPY_KILLED -> {
          goOnHere(source, starts);
          return false;
        }
        case SESSION_UNKNOWN -> {
          requireKept(source, starts);
          count(Event.KEPT_AFTER_RECEIVER_DEATH);
          return true;
        }
        case FAILED, KILLED -> {}
      }
    }
    throw new IllegalStateException("never came to an end: " + source);
  }

  /** A receiver has died between COMMIT and the copy's first instruction. */
  private void goOnHere(Source source, int starts) throws IOException {
    if (!receiver.remembers() || receiver.starts() == starts) {
      throw new IllegalStateException("no receiver has died: " + source);
    }
    Kernel.the().signal(source.pid(), Signals.SIGCONT);
    forget(source);
    if (!source.runs()) {
      throw new IllegalStateException("it cannot go on: " + source);
    }
    requireHere(source, 0);
    count(Event.CONTINUED_AFTER_RECEIVER_DEATH);
  }

  /** Nobody knows any more how it stands, so nobody has ended anything. */
  private void requireKept(Source source, int starts) {
    if (receiver.remembers() || receiver.starts() == starts) {
      throw new IllegalStateException("the receiver has forgotten the session of " + source);
    }
    if (source.isGone() || source.runs()) {
      throw new IllegalStateException("not kept: " + source);
    }
  }

  private void requireMoved(Source source) {
    Copy copy = source.liveCopy();
    if (!source.isGone() || copy == null || !copy.runs() || !copy.isWhole()) {
      throw new IllegalStateException("not moved: " + source);
    }
    count(Event.MOVED);
  }

  /** Any that is noted: a user may mistake an old one for the last. */
  private @Nullable String sessionOf(Source source) throws IOException {
    List<String> sessions = new ArrayList<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, source.pid() + "-*.session")) {
      for (Path file : files) {
        if (Files.size(file) > 0) {
          sessions.add(file.getFileName().toString().replaceFirst("\\.session$", ""));
        }
      }
    }
    Collections.sort(sessions);
    return sessions.isEmpty() ? null : sessions.get(random.nextInt(sessions.size()));
  }

  private void forget(Source source) throws IOException {
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(folder, source.pid() + "-*.session")) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
  }
}
