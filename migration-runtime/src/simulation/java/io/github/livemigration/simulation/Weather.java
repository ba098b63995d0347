package io.github.livemigration.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What befalls the hosts and the network between them, now and then, and above all just after
 * something was sent.
 */
public final class Weather {
  private static final long CHANGE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final double[] RISKS = {0, 0.003, 0.01, 0.03, 0.06};
  private static final int CUTS_IN_A_ROW = 10;

  /** What can happen, and how often in a thousand times. */
  private enum Event {
    CUT_ONE(330),
    CUT_ALL(200),
    OUTAGE_OF_SECONDS(150),
    SILENCE_OF_SECONDS(100),
    OUTAGE_OF_A_MINUTE(50),
    SILENCE_OF_MINUTES(30),
    CUTS_IN_A_ROW(30),
    OUTAGE_BEYOND_PATIENCE(6),
    SENDER_KILLED(160),
    RECEIVER_KILLED(80);

    private final int weight;

    Event(int weight) {
      this.weight = weight;
    }
  }

  private final Random random = Scheduler.the().random();
  private final Deque<Event> due = new ArrayDeque<>();
  private final Bell bell = new Bell();
  private final List<Program> senders = new ArrayList<>();
  private final Map<Event, Integer> counts = new TreeMap<>();
  private final Host receiver;
  private double risk;
  private boolean over;

  /** The host that can lose its receiver. */
  public interface Host {
    /** Start a receiver. */
    void start();

    /** Returns the receiver that runs. */
    Program program();
  }

  /** Prepare. */
  public Weather(Host receiver) {
    this.receiver = receiver;
    Network.the().onWrite(this::afterWrite);
  }

  /** A sender is at work, and may be killed. */
  public void began(Program sender) {
    senders.add(sender);
  }

  /** A sender has ended. */
  public void ended(Program sender) {
    senders.remove(sender);
  }

  private void afterWrite() {
    if (random.nextDouble() < risk) {
      due.add(any());
      bell.ring();
    }
  }

  private Event any() {
    int sum = 0;
    for (Event event : Event.values()) {
      sum += event.weight;
    }
    int left = random.nextInt(sum);
    for (Event event : Event.values()) {
      left -= event.weight;
      if (left < 0) {
        return event;
      }
    }
    throw new IllegalStateException("no event");
  }

  /** Let things happen until the end. */
  public void run() {
    while (!over) {
      risk = RISKS[random.nextInt(RISKS.length)];
      long until = Scheduler.the().nanoTime() + CHANGE_NANOS;
      while (Scheduler.the().nanoTime() < until && !over) {
        if (due.isEmpty()) {
          bell.await(until - Scheduler.the().nanoTime());
        } else {
          Scheduler.the().sleep(random.nextInt((int) TimeUnit.MILLISECONDS.toNanos(3)));
          happen(due.remove());
        }
      }
    }
  }

  /** From now on nothing happens. */
  public void end() {
    over = true;
    risk = 0;
    due.clear();
    bell.ring();
  }

  private void happen(Event event) {
    counts.merge(event, 1, Integer::sum);
    switch (event) {
      case CUT_ONE -> Network.the().cutOne();
      case CUT_ALL -> Network.the().cutAll(0);
      case OUTAGE_OF_SECONDS -> Network.the().cutAll(upTo(5));
      case SILENCE_OF_SECONDS -> Network.the().silence(upTo(5));
      case OUTAGE_OF_A_MINUTE -> Network.the().cutAll(TimeUnit.SECONDS.toNanos(60));
      case SILENCE_OF_MINUTES -> Network.the().silence(upTo(120));
      case OUTAGE_BEYOND_PATIENCE ->
          Network.the().cutAll(TimeUnit.SECONDS.toNanos(600) + upTo(900));
      case CUTS_IN_A_ROW -> cutInARow();
      case SENDER_KILLED -> killSender();
      case RECEIVER_KILLED -> killReceiver();
    }
  }

  private long upTo(long seconds) {
    return (long) (random.nextDouble() * TimeUnit.SECONDS.toNanos(seconds));
  }

  private void cutInARow() {
    for (int i = 0; i < CUTS_IN_A_ROW; i++) {
      Network.the().cutAll(upTo(1));
      Scheduler.the().sleep(upTo(2));
    }
  }

  private void killSender() {
    if (!senders.isEmpty()) {
      kill(senders.remove(random.nextInt(senders.size())));
    }
  }

  private void killReceiver() {
    kill(receiver.program());
    Scheduler.the().sleep(upTo(20));
    receiver.start();
  }

  /** Kill a program; its kernel sees to what it leaves. */
  public static void kill(Program program) {
    Scheduler.the().kill(program);
    Network.the().ended(program);
    Kernel.the().ended(program);
  }

  /** Returns how often each event has happened. */
  public String counts() {
    return counts.toString();
  }
}
