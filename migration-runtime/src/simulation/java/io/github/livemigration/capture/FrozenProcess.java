package io.github.livemigration.capture;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.simulation.Kernel;
import io.github.livemigration.simulation.Source;
import io.github.livemigration.tracee.TracedThread;
import io.github.livemigration.tracee.TriggerSignal;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** In place of the one that uses ptrace. */
public final class FrozenProcess {
  private final Source source;
  private final ProcessMemory memory;
  private boolean held;

  private FrozenProcess(Source source, ProcessMemory memory) {
    this.source = source;
    this.memory = memory;
  }

  /** What a thread had before it was parked. */
  public record ParkedThread(int tid, byte[] registers, long signalMask) {}

  /** Freeze a process. */
  public static FrozenProcess freeze(
      int pid,
      ProcessMemory memory,
      Map<Integer, TracedThread> threads,
      Collection<Integer> stopped,
      TriggerSignal trigger) {
    Source source = Kernel.the().source(pid);
    source.freeze();
    return new FrozenProcess(source, memory);
  }

  /** Returns its id. */
  public int pid() {
    return source.pid();
  }

  /** Returns its memory. */
  public ProcessMemory memory() {
    return memory;
  }

  /** Returns whether a user had stopped it. */
  public boolean isStoppedByJobControl() {
    return false;
  }

  /** Returns whether it is there. */
  public boolean isStopped() {
    return !source.isGone();
  }

  /** See the product's. */
  public void hold() {
    source.hold(true);
    held = true;
  }

  /** See the product's. */
  public void unhold() {
    if (held) {
      source.hold(false);
      held = false;
    }
  }

  /** See the product's. */
  public List<ParkedThread> describeForParking() {
    return List.of(new ParkedThread(source.pid(), new byte[0], 0));
  }

  /** See the product's. */
  public void park() {
    requireThere("park");
    source.park(true);
  }

  /** See the product's. */
  public void unpark(List<ParkedThread> parked) {
    source.park(false);
  }

  /** See the product's. */
  public void thaw() {
    source.thaw();
  }

  /** See the product's. */
  public void undoInterruptions() {
    requireThere("undo");
  }

  /** See the product's. */
  public void end() {
    source.end();
  }

  private void requireThere(String call) {
    if (source.isGone()) {
      throw new SystemCallException(call, Errno.ESRCH);
    }
  }
}
