package io.github.livemigration.image;

import static io.github.livemigration.image.KindFacts.carried;
import static io.github.livemigration.image.KindFacts.changed;
import static io.github.livemigration.image.KindFacts.conditional;
import static io.github.livemigration.image.KindFacts.refused;

/** Kinds of state of threads: registers, signals, timers, scheduling. */
public enum ThreadKind implements StateKind {
  COUNT(
      conditional("threads", "up to 5,000", "run it with fewer threads").shownBy("ManyThreadsIT")),
  REGISTERS(
      carried("registers: general, floating point and the whole XSAVE area")
          .shownBy("ThreadStateIT")),
  NAME(carried("thread names, byte by byte").shownBy("ThreadStateIT")),
  LOCAL_STORAGE(
      carried("thread local storage, rseq, clear_child_tid").shownBy("RepeatedMigrationIT")),
  LOCKS(
      carried("locks of the kernel's futexes: robust ones, and those that inherit priority")
          .shownBy("ThreadStateIT")),
  SCHEDULING(
      conditional(
              "scheduling policy, priority, processors, timer slack, I/O priority",
              "processors that the destination lacks are left out; a receiver that is not root gives no"
                  + " real-time policy and no lower nice value than it has",
              "run the receiver as root")
          .shownBy("ThreadStateIT")),
  SWITCHES(
      carried(
              "personality, parent-death signal, PR_SET_TSC, ARCH_SET_CPUID, PR_MCE_KILL of each"
                  + " thread")
          .note("the parent is pid 1 of the new namespace from then on")
          .shownBy("IdentityIT")),
  SPECULATION(
      carried("speculation turned off for a thread (PR_SET_SPECULATION_CTRL)")
          .shownBy("RareStateIT")),
  MEMORY_POLICY(
      carried("NUMA policy of each thread (set_mempolicy)")
          .note("nodes that the destination lacks are left out")
          .shownBy("RareStateIT")),
  DISPATCH(
      carried("system calls that become a SIGSYS (PR_SET_SYSCALL_USER_DISPATCH)")
          .note("looked for in processes that handle SIGSYS: without, such a call ends the process")
          .shownBy("RareStateIT")),
  UNSHARED(
      refused(
              "descriptors, working directory or namespaces that only some threads have (unshare, setns)",
              "what its threads share otherwise it has for itself, which is not carried",
              "have that thread end, or undo it, before the move")
          .shownBy("RefusalIT")),
  IO_FLUSHER(
      refused(
              "PR_SET_IO_FLUSHER",
              "it serves storage for others (PR_SET_IO_FLUSHER), which is not carried",
              "have it take that back before the move")
          .shownBy("ProcessStatTest")),
  CORE_SCHEDULING(
      refused(
              "core scheduling cookies (PR_SCHED_CORE)",
              "it shares processor cores with chosen tasks only (PR_SCHED_CORE), which is not carried",
              "start it without a cookie")
          .shownBy("RefusalIT")),
  TILES(
      refused(
              "permission to use tile registers (AMX, ARCH_REQ_XCOMP_PERM)",
              "it may use tile registers (AMX), which is not carried yet",
              "run it on a library that does not use them")
          .shownBy("RareStateIT")),
  SEGMENTS(
      refused(
              "segments of its own (modify_ldt, set_thread_area), also code of 32 bits",
              "it uses segments of its own (modify_ldt, set_thread_area), which is not carried",
              "use a 64-bit build of the program")
          .shownBy("RareStateIT")),
  COMPATIBLE_CALL(
      refused(
              "a call of the 32-bit interface (int 0x80) under way",
              "it waits in a call by int 0x80, and calls are told apart by their 64-bit numbers",
              "try again later")
          .shownBy("RareStateIT")),
  SYSTEM_CALL(
      carried("system calls under way")
          .note("started again as the kernel does after a signal without a handler")
          .shownBy("InterruptedCallsIT")),
  RELATIVE_TIMEOUT(
      changed(
              "a sleep or wait with a relative time-out",
              "where the kernel keeps what is left to itself it starts anew: it can last longer by"
                  + " what it had already waited, never shorter")
          .shownBy("InterruptedCallsIT")),
  ANONYMOUS_SYSTEM_CALL(
      conditional(
              "system calls that had been interrupted before (restart_syscall)",
              "/proc/PID/wchan tells which call it is",
              "try again later")
          .shownBy("InterruptedCallsIT")),
  SIGNAL_ACTIONS(
      carried("signal handlers with their flags, also while they run; masks, alternate stacks")
          .shownBy("ThreadStateIT")),
  PENDING_SIGNALS(
      carried("pending signals, of the process and of each thread, in their order, with values")
          .shownBy("ThreadStateIT")),
  IGNORED_SIGTRAP(
      conditional(
              "SIGTRAP ignored",
              "the destination's kernel has the same vdso, as threads are otherwise stepped out of it"
                  + " by traps, which would take that back",
              "have it restore the default action of SIGTRAP, or choose a destination with the same"
                  + " kernel")
          .shownBy("RareStateIT")),
  INTERVAL_TIMERS(carried("interval timers (setitimer, alarm)").shownBy("ProcessorTimeIT")),
  POSIX_TIMERS(
      carried("POSIX timers (timer_create)")
          .note(
              "ids come back by a call of Linux 6.15; of a signal that is pending, the periods before the"
                  + " last one of the source are not counted as overruns, as the kernel shows them only with"
                  + " the signal; timer_getoverrun shows 0 until the next signal")
          .shownBy("PosixTimerIT")),
  PROCESSOR_TIME_TIMERS(
      conditional(
              "POSIX timers of processor time",
              "the thread that made one of CLOCK_THREAD_CPUTIME_ID lives, and the signal of one that does"
                  + " not run is not pending: the kernel tells whose time it counts only by how it goes on,"
                  + " so this is known once the process is frozen; it follows the named clock of that thread"
                  + " then; what was left of the time is left on the new clock",
              "delete the timer, or have the program take its signal, before it moves; or make it with"
                  + " pthread_getcpuclockid")
          .shownBy("PosixTimerIT")),
  PROCESSOR_TIME(
      changed(
              "processor time used so far (times, getrusage, CLOCK_PROCESS_CPUTIME_ID,"
                  + " CLOCK_THREAD_CPUTIME_ID)",
              "it starts anew, with the few milliseconds that the restore takes")
          .shownBy("ProcessorTimeIT"));

  @SuppressWarnings("ImmutableEnumChecker") // A record of texts is immutable.
  private final KindFacts facts;

  ThreadKind(KindFacts facts) {
    this.facts = facts;
  }

  @Override
  public KindFacts facts() {
    return facts;
  }
}
