package io.github.livemigration.linux;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Priority of the calling OS thread.
 *
 * <p>By the real-time policy SCHED_FIFO. Nice values do not do it: since Linux 6.6 a thread that
 * wakes up mostly waits until the running one has used up its slice, which made demand faults
 * twenty times slower under load.
 *
 * <p>A host that does not permit a choice goes on without it: priority is a matter of speed only.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/sched.7.html">sched(7)</a>
 */
public final class ThreadPriority {
  private static final int SCHED_OTHER = 0;
  private static final int SCHED_FIFO = 1;

  /** Children and new threads start with the usual priority. */
  private static final int SCHED_RESET_ON_FORK = 0x40000000;

  /** A tenth of the share of others under load: enough to come to an end there. */
  private static final int CALM_NICE = 10;

  /** A third of the weight of others. */
  private static final int BEHIND_NICE = 5;

  /** Whether it costs a thread that has stepped back little to give way. */
  private static volatile boolean shortSlices;

  private static final AtomicInteger CALM = new AtomicInteger();

  /** Under the lock of {@link #CALM}: what comes back with the last calm time. */
  private static Niceness usual = Niceness.current();

  private ThreadPriority() {}

  /** Work that goes before that of threads of usual priority: somebody waits for it. */
  public enum Urgency {
    /** One thread of a process waits. */
    SOME_THREAD_WAITS(1),
    /** A whole process stands still. */
    PROCESS_WAITS(2);

    private final int realTimePriority;

    Urgency(int realTimePriority) {
      this.realTimePriority = realTimePriority;
    }
  }

  /**
   * Let the calling thread run before less urgent ones. Its work must be short, or wait most of the
   * time.
   *
   * @return whether the kernel permitted it; takes CAP_SYS_NICE or RLIMIT_RTPRIO
   */
  public static boolean raise(Urgency urgency) {
    return CALM.get() == 0 && set(0, SCHED_FIFO | SCHED_RESET_ON_FORK, urgency.realTimePriority);
  }

  /**
   * Let a thread of another process, and those that it starts, run before less urgent ones.
   *
   * @param tid in this process's PID namespace
   * @return like {@link #raise(Urgency)}
   */
  public static boolean raise(int tid, Urgency urgency) {
    return CALM.get() == 0 && set(tid, SCHED_FIFO, urgency.realTimePriority);
  }

  /**
   * Let all threads of this JVM, and the processes that they start, go after others until the
   * result is closed: nobody waits, and others must not suffer. None is raised meanwhile.
   */
  public static Calm calmly() {
    synchronized (CALM) {
      if (CALM.getAndIncrement() == 0) {
        usual = Niceness.current();
        usual.raiseTo(CALM_NICE);
      }
    }
    return ThreadPriority::endCalm;
  }

  private static void endCalm() {
    synchronized (CALM) {
      if (CALM.decrementAndGet() == 0) {
        usual.restore();
      }
    }
  }

  /**
   * Let the calling thread go after others, also if it was raised, for the rest of its life: to
   * take that back is a privilege. Between pieces of its work it is to {@link #giveWay}.
   */
  public static void stepBack() {
    reset();
    Niceness.raiseCaller(BEHIND_NICE);
    shortSlices = TimeSlice.shorten();
  }

  /**
   * Let threads run that wait for the processor of the calling one, which has stepped back. Without
   * it the kernel leaves them waiting for up to 5 ms, beside an idle processor even. Best called
   * without a lock in hand.
   */
  public static void giveWay() {
    if (shortSlices) {
      LibC.call(X8664.SCHED_YIELD, 0, 0, 0);
    }
  }

  /** A time without urgency. */
  public interface Calm extends AutoCloseable {
    @Override
    void close();
  }

  /** Give the calling thread the usual priority again. */
  public static boolean reset() {
    return set(0, SCHED_OTHER, 0);
  }

  /**
   * Set the whole scheduling policy of a thread of another process.
   *
   * @param tid in this process's PID namespace
   * @param attributes {@code struct sched_attr}
   * @throws SystemCallException when the kernel does not permit it
   * @see <a href="https://man7.org/linux/man-pages/man2/sched_setattr.2.html">sched_setattr(2)</a>
   */
  public static void set(int tid, byte[] attributes) {
    NativeBuffer buffer = NativeBuffer.of(attributes);
    if (LibC.call(X8664.SCHED_SETATTR, tid, buffer.address(), 0) < 0) {
      throw LibC.failure("sched_setattr(" + tid + ")");
    }
  }

  private static boolean set(int tid, int policy, int priority) {
    NativeBuffer parameter = NativeBuffer.allocate(Integer.BYTES);
    parameter.putInt(0, priority);
    return LibC.call(X8664.SCHED_SETSCHEDULER, tid, policy, parameter.address()) == 0;
  }
}
