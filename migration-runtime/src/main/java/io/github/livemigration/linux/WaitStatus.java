package io.github.livemigration.linux;

/**
 * What wait4 says about a child or tracee.
 *
 * @param raw the status word of the kernel
 * @see <a href="https://man7.org/linux/man-pages/man2/wait.2.html">wait(2)</a>
 */
public record WaitStatus(int raw) {
  private static final int CONTINUED_WORD = 0xffff;
  private static final int STOPPED_BYTE = 0x7f;
  private static final int CORE_DUMPED = 0x80;
  private static final int SYSTEM_CALL_MARK = 0x80;

  /** The kinds of report. */
  public enum Kind {
    /** Ended by itself; see {@link WaitStatus#exitCode}. */
    EXITED,
    /** Ended by a signal; see {@link WaitStatus#signal}. */
    SIGNALED,
    /** About to receive a signal, or at a system call; see {@link WaitStatus#signal}. */
    STOPPED,
    /** At a ptrace event; see {@link WaitStatus#event} and {@link WaitStatus#signal}. */
    EVENT_STOP,
    /** Stopped together with its process by a stopping signal; see {@link WaitStatus#signal}. */
    GROUP_STOP,
    /** Runs on after SIGCONT. */
    CONTINUED
  }

  /** The kind of report. */
  public Kind kind() {
    if (raw == CONTINUED_WORD) {
      return Kind.CONTINUED;
    }
    int low = raw & STOPPED_BYTE;
    if (low == 0) {
      return Kind.EXITED;
    }
    if ((raw & 0xff) != STOPPED_BYTE) {
      return Kind.SIGNALED;
    }
    if (event() == 0) {
      return Kind.STOPPED;
    }
    return event() == Ptrace.EVENT_STOP && Signals.stops(signal())
        ? Kind.GROUP_STOP
        : Kind.EVENT_STOP;
  }

  /** Whether the thread has ended. */
  public boolean hasEnded() {
    Kind kind = kind();
    return kind == Kind.EXITED || kind == Kind.SIGNALED;
  }

  /** Exit code from 0 to 255, for {@link Kind#EXITED}. */
  public int exitCode() {
    return (raw >> 8) & 0xff;
  }

  /** The signal that ended or stopped it; SIGTRAP for most events. */
  public int signal() {
    return (raw & 0xff) == STOPPED_BYTE
        ? (raw >> 8) & 0xff & ~SYSTEM_CALL_MARK
        : raw & STOPPED_BYTE;
  }

  /**
   * Number of the ptrace event, one of the {@code EVENT_} constants of {@link Ptrace}; 0 for none.
   */
  public int event() {
    return raw == CONTINUED_WORD ? 0 : raw >>> 16;
  }

  /**
   * Whether it stands at a system call, as {@link Ptrace#OPTION_TRACESYSGOOD} tells it from a
   * SIGTRAP.
   */
  public boolean isSystemCallStop() {
    return raw == (((Signals.SIGTRAP | SYSTEM_CALL_MARK) << 8) | STOPPED_BYTE);
  }

  /**
   * Status of an end as a shell reports it, 0 to 255: 128 and the signal's number for one by a
   * signal.
   */
  public int shellStatus() {
    return kind() == Kind.SIGNALED ? 128 + signal() : exitCode();
  }

  /** Whether a core file was written, for {@link Kind#SIGNALED}. */
  public boolean coreDumped() {
    return kind() == Kind.SIGNALED && (raw & CORE_DUMPED) != 0;
  }

  @Override
  public String toString() {
    return switch (kind()) {
      case EXITED -> "exited with " + exitCode();
      case SIGNALED -> "ended by " + Signals.name(signal());
      case STOPPED ->
          isSystemCallStop() ? "stopped at a system call" : "stopped by " + Signals.name(signal());
      case EVENT_STOP -> "stopped by event " + event() + " with " + Signals.name(signal());
      case GROUP_STOP -> "group-stopped by " + Signals.name(signal());
      case CONTINUED -> "continued";
    };
  }
}
