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

/**
 * A process that somebody else has started; it is traced only while it is frozen. One that a sender
 * has left stopped after COMMIT can be taken over in the same way.
 */
final class AttachedProcess implements SourceProcess, AutoCloseable {
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
    return ProcessStatus.parse(ProcFs.read(LiveThread.of(pid), "status")).state() == 'T';
  }

  @Override
  public void close() {
    memory.close();
    tracer.close();
  }
}
