package io.github.livemigration.session;

import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.capture.LiveThread;
import io.github.livemigration.capture.Preflight;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.tracee.TriggerSignal;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that somebody else has started; it is traced only while it is frozen. One that a sender
 * has left stopped after COMMIT can be taken over in the same way.
 */
final class AttachedProcess implements SourceProcess, AutoCloseable {
  private static final char STOPPED = 'T';
  private static final long STOP_SIGNAL = 1L << (Signals.SIGSTOP - 1);
  private static final long LOOK_NANOS = 1_000_000;
  private static final int LOOKS = 1_000;

  private final int pid;
  private final ProcessMemory memory;
  private final Tracer tracer;
  private final boolean continued;

  AttachedProcess(int pid) {
    this(pid, false);
  }

  private AttachedProcess(int pid, boolean continued) {
    this.pid = pid;
    this.continued = continued;
    this.memory = ProcessMemory.open(LiveThread.of(pid));
    this.tracer = new Tracer("tracer of " + pid);
  }

  /**
   * Take charge of a process that a sender which has died meanwhile keeps stopped: a thaw undoes
   * that too.
   *
   * @param stopped whether its user had stopped it before
   */
  static AttachedProcess held(int pid, boolean stopped) {
    return new AttachedProcess(pid, !stopped);
  }

  @Override
  public int pid() {
    return pid;
  }

  @Override
  public Tracer tracer() {
    return tracer;
  }

  @Override
  public Preflight preflight() {
    return Preflight.of(pid, false);
  }

  @Override
  public FrozenProcess freeze() throws Exception {
    return tracer.call(
        () -> FrozenProcess.freeze(pid, memory, Map.of(), Set.of(), TriggerSignal.NONE));
  }

  @Override
  public void thaw(FrozenProcess process) throws Exception {
    tracer.run(process::thaw);
    if (continued) {
      Signals.kill(pid, Signals.SIGCONT);
    }
  }

  /** Returns whether a process is stopped by a signal and not traced. */
  static boolean isStopped(int pid) {
    return status(pid).state() == STOPPED;
  }

  /**
   * Returns the status of a process whose sender may have ended a moment ago: waits up to a second
   * for the kernel to take the tracer away, and for a processor on which the process comes to a
   * SIGSTOP that is pending.
   */
  static ProcessStatus settled(int pid) {
    ProcessStatus status = status(pid);
    for (int look = 0; look < LOOKS && isUnsettled(status); look++) {
      LockSupport.parkNanos(LOOK_NANOS);
      status = status(pid);
    }
    // The signal may have been taken between the two lines of one reading.
    return isHeld(status) || isUnsettled(status) ? status : status(pid);
  }

  /** Returns whether a process that nobody traces runs no instruction any more. */
  static boolean isHeld(ProcessStatus status) {
    return status.state() == STOPPED || (status.sigPending() & STOP_SIGNAL) != 0;
  }

  private static boolean isUnsettled(ProcessStatus status) {
    return status.tracerPid() != 0 || (status.state() != STOPPED && isHeld(status));
  }

  private static ProcessStatus status(int pid) {
    return ProcessStatus.parse(ProcFs.read(LiveThread.of(pid), "status"));
  }

  @Override
  public void close() {
    memory.close();
    tracer.close();
  }
}
