package io.github.livemigration.harness;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Collects what a target prints, first on the source and then wherever it has moved to.
 *
 * <p>The sides are put together in the order in which they were attached, whatever arrives first; a
 * number that was cut by the hand-over is put together too. Each number carries the time at which
 * it was read. Safe to use from any thread; the waiting methods wake up with every number.
 */
public final class NumberOutput {

  private static final int CHUNK_BYTES = 8192;

  private final NumberPattern pattern;
  private final Duration timeout;
  private final Object lock = new Object();
  private final List<OutputSide> attached = new ArrayList<>();
  private @Nullable String ended;

  /**
   * Begin to collect.
   *
   * @param timeout the longest that a waiting method waits, unless it is told otherwise
   */
  public NumberOutput(NumberPattern pattern, Duration timeout) {
    this.pattern = pattern;
    this.timeout = timeout;
  }

  /**
   * One side that is read.
   *
   * @param side what has been read
   * @param pump the thread that reads
   */
  record Attachment(OutputSide side, Thread pump) {}

  /**
   * Read one more side to its end, on a thread of its own.
   *
   * <p>It counts as a side from when it prints, or when the target is said to have {@link #reach
   * reached} it.
   */
  Attachment attach(String sideName, InputStream stream) {
    OutputSide side = new OutputSide(sideName, pattern);
    synchronized (lock) {
      attached.add(side);
    }
    Thread pump = new Thread(() -> pump(side, stream), "output of " + sideName);
    pump.setDaemon(true);
    pump.start();
    return new Attachment(side, pump);
  }

  /** Say that the target has moved to a side. */
  void reach(Attachment attachment) {
    synchronized (lock) {
      attachment.side().reach();
    }
  }

  /** The sides up to the last one on which the target is or was. */
  private List<OutputSide> sides() {
    int count = attached.size();
    while (count > 0 && !attached.get(count - 1).present()) {
      count--;
    }
    return attached.subList(0, count);
  }

  private void pump(OutputSide side, InputStream stream) {
    byte[] chunk = new byte[CHUNK_BYTES];
    try (stream) {
      for (int count = stream.read(chunk); count >= 0; count = stream.read(chunk)) {
        long now = System.nanoTime();
        synchronized (lock) {
          side.accept(chunk, count, now);
          lock.notifyAll();
        }
      }
    } catch (IOException e) {
      end("the output of the " + side.name() + " cannot be read: " + e.getMessage());
    } catch (HarnessException e) {
      end(String.valueOf(e.getMessage()));
    } finally {
      synchronized (lock) {
        side.end();
        lock.notifyAll();
      }
    }
  }

  /** Say that no more numbers will come, and why; whoever waits in vain is told. */
  void end(String why) {
    synchronized (lock) {
      if (ended == null) {
        ended = why;
      }
      lock.notifyAll();
    }
  }

  /**
   * Wait until a number that is at least this high has been printed.
   *
   * @throws HarnessException if it does not come in time, or the target ends before; the message
   *     tells the last number that came
   */
  public void awaitNumber(long number) {
    awaitNumber(number, timeout);
  }

  /** Wait for a number as {@link #awaitNumber(long)} does, but not longer than this. */
  public void awaitNumber(long number, Duration atMost) {
    await("number " + number, atMost, () -> highest() >= number);
  }

  /** Wait until this many numbers have been printed, on all sides together. */
  public void awaitCount(int count) {
    await(count + " numbers", timeout, () -> count() >= count);
  }

  /**
   * Wait until this many numbers have been printed after the last move.
   *
   * @throws IllegalStateException if the target has not moved
   */
  public void awaitCountAfterMove(int count) {
    int side;
    synchronized (lock) {
      side = sides().size() - 1;
    }
    if (side < 1) {
      throw new IllegalStateException("the target has not moved yet");
    }
    await(count + " numbers after the move", timeout, () -> countOf(side) >= count);
  }

  /** Wait until this word, which is no number, has been printed. */
  public void awaitWord(String word) {
    await("'" + word + "'", timeout, () -> words().contains(word));
  }

  /**
   * The words that are no numbers, in the order in which they were printed; at most some thousand.
   */
  public List<String> words() {
    synchronized (lock) {
      List<OutputSide> sides = sides();
      List<String> words = new ArrayList<>();
      List<Border> borders = borders();
      for (int i = 0; i <= sides.size(); i++) {
        for (Border border : borders) {
          if (border.before() == i && pattern.numberIn(border.unit()).isEmpty()) {
            words.add(border.unit());
          }
        }
        if (i < sides.size()) {
          words.addAll(sides.get(i).words());
        }
      }
      return words;
    }
  }

  /** The numbers that have been printed until now. */
  public NumberSequence numbers() {
    synchronized (lock) {
      Longs values = new Longs();
      Longs times = new Longs();
      List<OutputSide> sides = sides();
      int[] starts = new int[sides.size()];
      List<Border> borders = borders();
      for (int i = 0; i <= sides.size(); i++) {
        if (i < sides.size()) {
          starts[i] = values.size();
        }
        for (Border border : borders) {
          OptionalLong number = pattern.numberIn(border.unit());
          if (border.before() == i && number.isPresent()) {
            values.add(number.getAsLong());
            times.add(border.nanoTime());
            Arrays.fill(starts, border.side() + 1, Math.min(i + 1, starts.length), values.size());
          }
        }
        if (i < sides.size()) {
          values.addAll(sides.get(i).values());
          times.addAll(sides.get(i).times());
        }
      }
      List<String> names = sides.stream().map(OutputSide::name).toList();
      return new NumberSequence(values.toArray(), times.toArray(), starts, names);
    }
  }

  /**
   * A unit at the border of two sides, or the very last one.
   *
   * @param unit the text that the earlier sides began and the later one completed
   * @param nanoTime when its last byte was read
   * @param side the side that printed its first byte
   * @param before the side whose first separator completed it; one past the last at the very end
   */
  private record Border(String unit, long nanoTime, int side, int before) {}

  private List<Border> borders() {
    List<OutputSide> sides = sides();
    List<Border> borders = new ArrayList<>();
    String carried = "";
    long nanoTime = 0;
    int from = 0;
    for (int i = 0; i < sides.size(); i++) {
      OutputSide side = sides.get(i);
      from = carried.isEmpty() ? i : from;
      nanoTime = side.head().isEmpty() ? nanoTime : side.headNanos();
      carried += side.head();
      if (side.headComplete()) {
        if (!carried.isEmpty()) {
          borders.add(new Border(carried, nanoTime, from, i));
        }
        carried = side.tail();
        nanoTime = side.tailNanos();
        from = i;
      }
    }
    if (!carried.isEmpty() && sides.get(sides.size() - 1).ended()) {
      borders.add(new Border(carried, nanoTime, from, sides.size()));
    }
    return borders;
  }

  private int countOf(int side) {
    long atBorders =
        borders().stream()
            .filter(border -> border.side() == side)
            .filter(border -> pattern.numberIn(border.unit()).isPresent())
            .count();
    return sides().get(side).values().size() + (int) atBorders;
  }

  private int count() {
    int count = 0;
    for (int i = 0; i < sides().size(); i++) {
      count += countOf(i);
    }
    return count;
  }

  private long highest() {
    long highest = Long.MIN_VALUE;
    for (OutputSide side : sides()) {
      highest = Math.max(highest, side.highest());
    }
    for (Border border : borders()) {
      highest = Math.max(highest, pattern.numberIn(border.unit()).orElse(Long.MIN_VALUE));
    }
    return highest;
  }

  private void await(String what, Duration atMost, BooleanSupplier reached) {
    long deadline = System.nanoTime() + atMost.toNanos();
    synchronized (lock) {
      while (!reached.getAsBoolean()) {
        long left = deadline - System.nanoTime();
        if (ended != null) {
          throw new HarnessException("no " + what + ", " + lastNumber() + ": " + ended);
        }
        if (left <= 0) {
          throw new HarnessException(
              "no " + what + " within " + Durations.words(atMost) + ", " + lastNumber());
        }
        waitFor(left);
      }
    }
  }

  private void waitFor(long nanos) {
    try {
      TimeUnit.NANOSECONDS.timedWait(lock, Math.max(nanos, TimeUnit.MILLISECONDS.toNanos(1)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HarnessException("interrupted while waiting for the target's output", e);
    }
  }

  private String lastNumber() {
    return numbers().last().map(last -> "the last number was " + last).orElse("no number came");
  }
}
