package io.github.livemigration.capture;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.Registers;
import io.github.livemigration.tracee.TracedThread;
import java.util.Optional;
import java.util.Set;

/**
 * The system call in which a thread was stopped, and how it goes on.
 *
 * <p>A kernel that finds one of its restart codes as the result restarts the call by itself, with
 * all its rules about handlers. -512 to -514 need nothing but the registers. With -516 the time
 * that is left lies in the source's kernel; on the destination the call starts anew, under the
 * rules of -514, which are the same: a handler ends it with EINTR, anything else restarts it.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/signal.7.html">signal(7)</a>
 */
final class InterruptedCall {
  private static final long ERESTARTSYS = -512;
  private static final long ERESTART_RESTARTBLOCK = -516;

  /** Calls that a stop ends with EINTR although no handler runs. */
  private static final Set<Long> ENDED_BY_A_STOP =
      Set.of(
          (long) X8664.EPOLL_WAIT,
          (long) X8664.EPOLL_PWAIT,
          (long) X8664.EPOLL_PWAIT2,
          (long) X8664.RT_SIGTIMEDWAIT,
          (long) X8664.IO_GETEVENTS,
          (long) X8664.IO_PGETEVENTS,
          (long) X8664.SEMOP,
          (long) X8664.SEMTIMEDOP);

  /** The numbers of clocks end below this; user memory begins above. */
  private static final int CLOCKS = 16;

  private InterruptedCall() {}

  /** Returns whether the thread waits in a system call that will be restarted. */
  static boolean waits(Registers registers) {
    return registers.systemCall() >= 0 && registers.result() <= ERESTARTSYS;
  }

  /**
   * Have a thread that its stop drove out of a system call go back into it.
   *
   * @return whether it is such a thread
   */
  static boolean undoEnd(Registers registers) {
    boolean ended =
        registers.result() == -Errno.EINTR && ENDED_BY_A_STOP.contains(registers.systemCall());
    if (ended) {
      registers.restartSystemCall();
    }
    return ended;
  }

  /**
   * Have the thread restart its call without what the kernel has kept for it.
   *
   * @param registers to be changed
   * @param number of the call
   */
  static void restartAnew(Registers registers, long number) {
    if (registers.result() == ERESTART_RESTARTBLOCK) {
      registers.setSystemCall(number);
      registers.restartSystemCall();
    }
  }

  /**
   * Returns whether the thread waits in {@code restart_syscall(2)}: it was stopped in a call with a
   * time-out before and its registers have lost which one.
   */
  static boolean isAnonymous(Registers registers) {
    return registers.systemCall() == X8664.RESTART_SYSCALL
        && registers.result() == ERESTART_RESTARTBLOCK;
  }

  /**
   * Find out which call a thread restarts, by letting it go on until it waits again.
   *
   * @param registers of a thread that {@link #isAnonymous}
   * @return number of the call; empty where the thread need not wait any more or the kernel does
   *     not tell what it waits for
   */
  static Optional<Long> identify(int pid, TracedThread thread, Registers registers) {
    String channel = "task/" + thread.tid() + "/wchan";
    String waiting = thread.whileItWaits(() -> ProcFs.readText(pid, channel));
    // Sleeping functions of the scheduler are left out, and the one below them is a tail call.
    if (waiting.contains("sleep") || waiting.startsWith("do_syscall")) {
      return Optional.of(
          isClock(registers.argument(0)) ? (long) X8664.CLOCK_NANOSLEEP : X8664.NANOSLEEP);
    }
    if (waiting.contains("futex")) {
      return Optional.of((long) X8664.FUTEX);
    }
    return waiting.contains("poll") ? Optional.of((long) X8664.POLL) : Optional.empty();
  }

  /** An argument is a clock's number, an int and negative for clocks of tasks, or an address. */
  private static boolean isClock(long argument) {
    boolean isInt = argument == (int) argument || argument >>> Integer.SIZE == 0;
    return isInt && (int) argument < CLOCKS;
  }
}
