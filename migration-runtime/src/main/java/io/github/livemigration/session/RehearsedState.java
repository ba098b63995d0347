package io.github.livemigration.session;

import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.TimerSlack;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.NamespaceInit;
import io.github.livemigration.tracee.RemoteBatch;

/**
 * What every program has from its C library and a fresh process lacks. Code that a rehearsal does
 * not reach runs for the first time while a real process stands still: the JVM looks up each class
 * and method then, some hundred times slower than later.
 */
final class RehearsedState {
  /** What {@link #addThreadTo} needs: the areas of rseq and of the robust list, side by side. */
  static final int ROOM_BYTES = 64;

  private static final int PROT_READ = 1;
  private static final int MAP_PRIVATE = 2;
  private static final int MAPPED_BYTES = 4096;
  private static final long SA_RESTART_WITH_RESTORER = 0x1400_0000;
  private static final int ROBUST_LIST_HEAD_BYTES = 24;
  private static final int ALTERNATE_STACK_BYTES = 8 * 1024;
  private static final int RSEQ_BYTES = 32;
  private static final int RSEQ_SIGNATURE = 0x5305_3053;
  private static final int SCHED_OTHER = 0;
  private static final long TIMER_SLACK_NANOS = 50_000;

  /** Not that of a JVM, which the restored process inherits from its receiver. */
  private static final String COREDUMP_FILTER = "0x33";

  private RehearsedState() {}

  /**
   * Add a file that is open and mapped, and a handler.
   *
   * @param descriptor that the next open file gets
   */
  static void addTo(RemoteBatch batch, int descriptor) {
    long path = batch.string(ProcFs.readLink("/proc/self/exe"));
    batch.call("open(executable)", X8664.OPEN, path, OpenFlags.RDONLY, 0);
    batch.call("mmap", X8664.MMAP, 0, MAPPED_BYTES, PROT_READ, MAP_PRIVATE, descriptor, 0);
    long code = NamespaceInit.systemCallInstruction();
    long action = batch.longs(code, SA_RESTART_WITH_RESTORER, code, 0);
    batch.call("rt_sigaction", X8664.RT_SIGACTION, Signals.SIGUSR2, action, 0, Long.BYTES);
  }

  /**
   * Add what each thread has, for a batch that the thread itself runs.
   *
   * @param room address of {@value #ROOM_BYTES} bytes of zeros of the process, aligned to 64
   */
  static void addThreadTo(RemoteBatch batch, long room) {
    batch.call("rseq", X8664.RSEQ, room, RSEQ_BYTES, 0, RSEQ_SIGNATURE);
    batch.call("set_robust_list", X8664.SET_ROBUST_LIST, room + RSEQ_BYTES, ROBUST_LIST_HEAD_BYTES);
    batch.call("sigaltstack", X8664.SIGALTSTACK, batch.longs(room, 0, ALTERNATE_STACK_BYTES), 0);
    batch.call("sched_setscheduler", X8664.SCHED_SETSCHEDULER, 0, SCHED_OTHER, batch.longs(0));
  }

  /** Set what is set from outside. */
  static void set(int pid) {
    TimerSlack.set(pid, TIMER_SLACK_NANOS);
    ProcFs.write(pid, "coredump_filter", COREDUMP_FILTER);
  }
}
