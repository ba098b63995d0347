package io.github.livemigration.simulation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Time and threads. One task runs until it waits; who is next comes from the seed. When nobody can
 * run, time jumps to the next moment at which somebody can.
 */
public final class Scheduler {
  /** Longer than any simulation. */
  public static final long FOR_EVER = Long.MAX_VALUE / 4;

  private static final int LONGEST_STEP_NANOS = 20_000;
  private static final long HASH_FACTOR = 0x9e3779b97f4a7c15L;
  private static final Scheduler THE = new Scheduler();

  private final PriorityQueue<Timer> timers = new PriorityQueue<>();
  private final List<Task> ready = new ArrayList<>();
  private final Set<Task> tasks = new LinkedHashSet<>();
  private final List<Task> inMonitors = new ArrayList<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private Random random = new Random();
  private volatile @Nullable Task running;
  private volatile @Nullable Throwable failure;
  private final AtomicLong steps = new AtomicLong();
  private @Nullable Task killer;
  private long now;
  private long timerCount;
  private long trace;
  private int taskCount;

  private Scheduler() {}

  /** Returns the only one; each simulation has a class loader of its own. */
  public static Scheduler the() {
    return THE;
  }

  private record Timer(long nanos, long number, Runnable action) implements Comparable<Timer> {
    @Override
    public int compareTo(Timer other) {
      return nanos == other.nanos
          ? Long.compare(number, other.number)
          : Long.compare(nanos, other.nanos);
    }
  }

  /** Returns where all chance comes from. */
  public Random random() {
    return random;
  }

  /** Returns the simulated time. */
  public long nanoTime() {
    return now;
  }

  /** Returns how often a task was chosen. */
  public long steps() {
    return steps.get();
  }

  /** Returns a number that depends on every choice so far. */
  public long trace() {
    return trace;
  }

  Task running() {
    Task task = running;
    if (task == null) {
      throw new IllegalStateException("no task runs");
    }
    return task;
  }

  /** Run a task and all that it starts; returns when it has ended. */
  void run(long seed, Runnable first, long patienceSeconds) throws InterruptedException {
    random = new Random(seed);
    Program user = new Program("user");
    Task task =
        create(
            "first",
            user,
            () -> {
              first.run();
              over.countDown();
            });
    running = task;
    task.grant();
    long seen = -1;
    while (!over.await(patienceSeconds, TimeUnit.SECONDS)) {
      if (steps.get() == seen) {
        throw new IllegalStateException(
            "a thread does not come back: " + running, whereabouts(running()));
      }
      seen = steps.get();
    }
    if (failure != null) {
      throw new IllegalStateException(failure.getMessage(), failure);
    }
  }

  private static Throwable whereabouts(Task task) {
    Throwable where = new Throwable(task.toString());
    where.setStackTrace(task.thread().getStackTrace());
    return where;
  }

  /** Start a thread of the program whose thread runs. */
  public Task spawn(String name, Runnable body) {
    return spawn(name, running().program(), body);
  }

  /** Start a thread of a program. */
  public Task spawn(String name, Program program, Runnable body) {
    requireAlive();
    Task task = create(name, program, body);
    ready.add(task);
    return task;
  }

  /** A thread that is left when all has ended would be a leak. */
  public void requireNoOthers() {
    List<Task> others = tasks.stream().filter(task -> task != running && !task.isOver()).toList();
    if (!others.isEmpty()) {
      throw new IllegalStateException("threads are left: " + others);
    }
  }

  private Task create(String name, Program program, Runnable body) {
    taskCount++;
    Task[] self = new Task[1];
    Task task = new Task(taskCount, name, program, () -> runTask(self[0], body));
    self[0] = task;
    program.tasks().add(task);
    tasks.add(task);
    task.thread().start();
    return task;
  }

  private void runTask(Task task, Runnable body) {
    try {
      task.awaitGrant();
      if (!task.isDying()) {
        body.run();
      }
    } catch (Killed e) {
      // Its program was killed.
    } catch (Throwable e) {
      if (!task.isDying()) {
        fail(new IllegalStateException(task + ": " + e, e));
      }
    }
    task.program().tasks().remove(task);
    tasks.remove(task);
    task.setOver();
    if (over.getCount() == 0) {
      return;
    }
    Task next = task.isDying() ? killer : choose();
    if (next != null) {
      running = next;
      next.grant();
    }
  }

  /** End the simulation: something is wrong. */
  void fail(Throwable reason) {
    if (failure == null) {
      failure = reason;
    }
    over.countDown();
  }

  /** Something is wrong, whoever catches what is thrown. */
  IllegalStateException broken(String words) {
    IllegalStateException reason = new IllegalStateException(words);
    fail(reason);
    return reason;
  }

  /** A killed program does nothing any more. */
  public void requireAlive() {
    if (running().isDying()) {
      throw new Killed();
    }
  }

  /**
   * Let others run until somebody wakes this task.
   *
   * @return false when the time was over before
   */
  boolean block(long nanos) {
    requireAlive();
    Task me = running();
    long wait = me.block();
    if (nanos < FOR_EVER) {
      after(
          nanos,
          () -> {
            if (me.isInWait(wait)) {
              me.unblock(false);
              ready.add(me);
            }
          });
    }
    letGo(me);
    requireAlive();
    return me.wasWoken();
  }

  void wake(Task task) {
    if (task.isBlocked()) {
      task.unblock(true);
      ready.add(task);
    }
  }

  private void letGo(Task me) {
    me.withdraw();
    Task next = choose();
    if (next == me) {
      return;
    }
    if (next != null) {
      running = next;
      next.grant();
    }
    awaitGrant(me);
  }

  private static void awaitGrant(Task me) {
    try {
      me.awaitGrant();
    } catch (InterruptedException e) {
      throw new IllegalStateException("a simulated thread was interrupted", e);
    }
  }

  private @Nullable Task choose() {
    if (failure != null) {
      return null;
    }
    now += random.nextInt(LONGEST_STEP_NANOS);
    runDue();
    while (ready.isEmpty()) {
      Timer next = timers.peek();
      if (next == null) {
        fail(deadlock());
        return null;
      }
      now = Math.max(now, next.nanos());
      runDue();
    }
    Task chosen = ready.remove(random.nextInt(ready.size()));
    steps.incrementAndGet();
    trace = (trace ^ chosen.id() ^ now) * HASH_FACTOR + 1;
    return chosen;
  }

  private Throwable deadlock() {
    Throwable deadlock = new IllegalStateException("deadlock: nobody can run, and nobody will");
    tasks.forEach(task -> deadlock.addSuppressed(whereabouts(task)));
    return deadlock;
  }

  private void runDue() {
    while (!timers.isEmpty() && timers.peek().nanos() <= now) {
      timers.remove().action().run();
    }
  }

  /** Do something later that does not wait. */
  void after(long nanos, Runnable action) {
    timerCount++;
    timers.add(new Timer(now + nanos, timerCount, action));
  }

  /** Wait for time to pass. */
  public void sleep(long nanos) {
    long deadline = now + nanos;
    while (now < deadline) {
      block(deadline - now);
    }
  }

  /** The same as Object.wait: the monitor, held once, is free meanwhile. */
  void awaitMonitor(Object monitor, long nanos) {
    Task me = running();
    me.monitor(monitor);
    inMonitors.add(me);
    try {
      block(nanos);
    } finally {
      inMonitors.remove(me);
      me.monitor(null);
    }
  }

  void notifyMonitor(Object monitor) {
    for (Task task : inMonitors) {
      if (task.monitor() == monitor) {
        wake(task);
      }
    }
  }

  /** Kill a program of which the running thread is not a part. */
  void kill(Program program) {
    Task me = running();
    program.setDead();
    for (Task task : List.copyOf(program.tasks())) {
      if (task.isOver()) {
        continue;
      }
      task.setDying();
      task.unblock(false);
      ready.remove(task);
      killer = me;
      me.withdraw();
      running = task;
      task.grant();
      awaitGrant(me);
    }
    killer = null;
  }
}
