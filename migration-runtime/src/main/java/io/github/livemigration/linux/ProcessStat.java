package io.github.livemigration.linux;

import java.nio.charset.StandardCharsets;

/**
 * What {@code /proc/PID/stat} or {@code /proc/PID/task/TID/stat} says.
 *
 * <p>Addresses are 0 for a reader who may not trace the process.
 *
 * @param pid of the process or thread
 * @param comm name of the thread
 * @param state letter, such as S or T
 * @param ppid pid of the parent
 * @param pgrp process group
 * @param session session
 * @param ttyNr device number of the controlling terminal; 0 for none
 * @param tpgid foreground process group of that terminal; -1 for none
 * @param flags {@code PF_} bits of the kernel
 * @param userTicks time in user mode, in clock ticks
 * @param systemTicks time in the kernel, in clock ticks
 * @param priority as the scheduler sees it
 * @param nice from 19 (low) to -20 (high)
 * @param threads number of threads
 * @param startTicks start after boot, in clock ticks
 * @param startCode start of the program text
 * @param endCode end of the program text
 * @param startStack bottom of the initial stack
 * @param exitSignal signal to the parent at exit
 * @param processor last run on
 * @param rtPriority 1 to 99 for real-time policies, otherwise 0
 * @param policy scheduling policy
 * @param startData start of data and bss
 * @param endData end of data and bss
 * @param startBrk start of the heap that brk moves
 * @param argStart start of the command line
 * @param argEnd end of the command line
 * @param envStart start of the environment
 * @param envEnd end of the environment
 * @param exitCode in wait status form
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
public record ProcessStat(
    int pid,
    String comm,
    char state,
    int ppid,
    int pgrp,
    int session,
    int ttyNr,
    int tpgid,
    int flags,
    long userTicks,
    long systemTicks,
    int priority,
    int nice,
    int threads,
    long startTicks,
    long startCode,
    long endCode,
    long startStack,
    int exitSignal,
    int processor,
    int rtPriority,
    int policy,
    long startData,
    long endData,
    long startBrk,
    long argStart,
    long argEnd,
    long envStart,
    long envEnd,
    int exitCode) {
  /** Flag: a kernel thread. */
  private static final int PF_KTHREAD = 0x00200000;

  private static final int PF_EXITING = 0x00000004;

  /** Flags: PF_MEMALLOC_NOIO and PF_LOCAL_THROTTLE. */
  private static final int IO_FLUSHER = 0x00080000 | 0x00100000;

  /** First field after the name; fields are numbered as in the manual, from 1. */
  private static final int FIRST_FIELD = 3;

  private static final int LAST_FIELD = 52;

  /**
   * Whether the thread has called {@code prctl(PR_SET_IO_FLUSHER)}: two flags, of which the kernel
   * sets one alone for a moment at times.
   */
  public boolean isIoFlusher() {
    return (flags & IO_FLUSHER) == IO_FLUSHER;
  }

  /** Whether the thread is on its way out, and holds nothing any more, or soon. */
  public boolean isExiting() {
    return (flags & PF_EXITING) != 0;
  }

  /** Whether it is a thread of the kernel itself. */
  public boolean isKernelThread() {
    return (flags & PF_KTHREAD) != 0;
  }

  /**
   * Parse the whole text of a file.
   *
   * @throws UnparsableLineException when the line is wrong
   */
  public static ProcessStat parse(byte[] text) {
    String line = new String(text, StandardCharsets.UTF_8).stripTrailing();
    // The name may contain spaces and parentheses; what follows it does not.
    int open = line.indexOf(" (");
    int close = line.lastIndexOf(") ");
    if (open < 0 || close < open) {
      throw new UnparsableLineException("stat", line);
    }
    String[] fields = line.substring(close + 2).split(" ", -1);
    if (fields.length < LAST_FIELD - FIRST_FIELD + 1 || fields[0].length() != 1) {
      throw new UnparsableLineException("stat", line);
    }
    try {
      return of(Integer.parseInt(line.substring(0, open)), line.substring(open + 2, close), fields);
    } catch (NumberFormatException e) {
      UnparsableLineException exception = new UnparsableLineException("stat", line);
      exception.initCause(e);
      throw exception;
    }
  }

  private static ProcessStat of(int pid, String comm, String[] fields) {
    return new ProcessStat(
        pid,
        comm,
        fields[0].charAt(0),
        integer(fields, 4),
        integer(fields, 5),
        integer(fields, 6),
        integer(fields, 7),
        integer(fields, 8),
        (int) unsigned(fields, 9),
        unsigned(fields, 14),
        unsigned(fields, 15),
        integer(fields, 18),
        integer(fields, 19),
        integer(fields, 20),
        unsigned(fields, 22),
        unsigned(fields, 26),
        unsigned(fields, 27),
        unsigned(fields, 28),
        integer(fields, 38),
        integer(fields, 39),
        integer(fields, 40),
        integer(fields, 41),
        unsigned(fields, 45),
        unsigned(fields, 46),
        unsigned(fields, 47),
        unsigned(fields, 48),
        unsigned(fields, 49),
        unsigned(fields, 50),
        unsigned(fields, 51),
        integer(fields, 52));
  }

  private static int integer(String[] fields, int number) {
    return Integer.parseInt(fields[number - FIRST_FIELD]);
  }

  private static long unsigned(String[] fields, int number) {
    return Long.parseUnsignedLong(fields[number - FIRST_FIELD]);
  }
}
