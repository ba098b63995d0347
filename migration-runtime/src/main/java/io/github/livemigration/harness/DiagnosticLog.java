package io.github.livemigration.harness;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps the lines that a process prints beside its real output: the first ones and the last ones.
 *
 * <p>Safe to use from any thread.
 */
final class DiagnosticLog {

  private static final int FIRST_LINES = 200;
  private static final int LAST_LINES = 200;

  private final Object lock = new Object();
  private final List<String> first = new ArrayList<>();
  private final Deque<String> last = new ArrayDeque<>();
  private final Thread pump;
  private boolean ended;

  /** Begin to read a stream to its end, on a thread of its own. */
  DiagnosticLog(String name, InputStream stream) {
    pump = new Thread(() -> pump(stream), "diagnostics of " + name);
    pump.setDaemon(true);
    pump.start();
  }

  private void pump(InputStream stream) {
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        add(line);
      }
    } catch (IOException e) {
      add("(the rest cannot be read: " + e.getMessage() + ")");
    } finally {
      synchronized (lock) {
        ended = true;
        lock.notifyAll();
      }
    }
  }

  private void add(String line) {
    synchronized (lock) {
      if (first.size() < FIRST_LINES) {
        first.add(line);
      } else {
        last.addLast(line);
        if (last.size() > LAST_LINES) {
          last.removeFirst();
        }
      }
      lock.notifyAll();
    }
  }

  /** The first line of those kept that has this form. */
  Optional<Matcher> find(Pattern pattern) {
    return lines().stream().map(pattern::matcher).filter(Matcher::matches).findFirst();
  }

  /** Wait for a line of this form; empty if the stream ends or the time is over before it comes. */
  Optional<Matcher> await(Pattern pattern, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    synchronized (lock) {
      Optional<Matcher> found = find(pattern);
      for (long left = atMost.toNanos();
          found.isEmpty() && !ended && left > 0;
          left = deadline - System.nanoTime()) {
        try {
          TimeUnit.NANOSECONDS.timedWait(lock, Math.max(left, TimeUnit.MILLISECONDS.toNanos(1)));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new HarnessException("interrupted while waiting for a process to start", e);
        }
        found = find(pattern);
      }
      return found;
    }
  }

  /** The lines that are kept. */
  List<String> lines() {
    synchronized (lock) {
      List<String> lines = new ArrayList<>(first);
      lines.addAll(last);
      return lines;
    }
  }

  /** Wait until everything has been read, or the time is over. */
  void join(Duration atMost) {
    Waiting.join(pump, atMost);
  }
}
