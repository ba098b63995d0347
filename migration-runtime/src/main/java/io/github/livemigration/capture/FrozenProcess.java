package io.github.livemigration.capture;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.NoSuchProcessException;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.Registers;
import io.github.livemigration.tracee.TracedThread;
import io.github.livemigration.tracee.TraceeDiedException;
import io.github.livemigration.tracee.TriggerSignal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The target with all its threads stopped. To be used on the tracer's thread only.
 *
 * <p>It ends in one of three ways: {@link #thaw} lets the target run on as if nothing had happened,
 * {@link #end} kills it once the destination has everything, and the tracer's own death lets it run
 * on unless {@link #hold} came before.
 */
public final class FrozenProcess {
  private final int pid;
  private final ProcessMemory memory;
  private final Map<Integer, TracedThread> threads;
  private final List<TracedThread> held = new ArrayList<>();

  private FrozenProcess(int pid, ProcessMemory memory, Map<Integer, TracedThread> threads) {
    this.pid = pid;
    this.memory = memory;
    this.threads = threads;
  }

  /**
   * Stop every thread of a process.
   *
   * <p>Threads may start others until the last of them has stopped, so the list is read again until
   * it shows none that is new.
   *
   * @param pid in the tracer's PID namespace
   * @param memory of the process
   * @param seized threads this tracer has attached to already, by id; they may be running or
   *     stopped
   * @param stopped those of them that are known to be stopped
   * @param trigger the signal that must not be delivered meanwhile
   */
  public static FrozenProcess freeze(
      int pid,
      ProcessMemory memory,
      Map<Integer, TracedThread> seized,
      Collection<Integer> stopped,
      TriggerSignal trigger) {
    Map<Integer, TracedThread> threads = new LinkedHashMap<>();
    FrozenProcess process = new FrozenProcess(pid, memory, threads);
    try {
      process.stopAll(seized, stopped, trigger);
    } catch (RuntimeException e) {
      process.thawAfter(e);
      throw e;
    }
    return process;
  }

  private void stopAll(
      Map<Integer, TracedThread> seized, Collection<Integer> stopped, TriggerSignal trigger) {
    Set<Integer> ended = new HashSet<>();
    boolean found = true;
    while (found) {
      found = false;
      List<TracedThread> stopping = new ArrayList<>();
      for (int tid : ProcFs.threads(pid)) {
        if (!threads.containsKey(tid) && !ended.contains(tid)) {
          found = true; // Before it was stopped, or ended, it may have started others.
          TracedThread known = seized.get(tid);
          TracedThread thread = known == null ? trySeize(tid) : known;
          if (thread == null) {
            ended.add(tid);
          } else {
            threads.put(tid, thread);
            if (!stopped.contains(tid)) {
              stopping.add(thread);
              if (known != null) {
                known.interrupt();
              }
            }
          }
        }
      }
      stopping.forEach(thread -> awaitStop(thread, trigger));
    }
    if (threads.isEmpty()) {
      throw new SystemCallException("freeze of process " + pid, Errno.ESRCH);
    }
  }

  private void awaitStop(TracedThread thread, TriggerSignal trigger) {
    try {
      thread.awaitStop(trigger);
    } catch (TraceeDiedException e) {
      threads.remove(thread.tid());
      if (thread.tid() == pid) {
        throw e;
      }
    }
  }

  private @Nullable TracedThread trySeize(int tid) {
    try {
      TracedThread thread = TracedThread.seize(tid, 0);
      thread.interrupt();
      return thread;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.EPERM && isOwnTracee(tid)) {
        return TracedThread.attached(tid); // Born to a traced thread, and so born stopped.
      }
      if (e.errno() == Errno.EPERM && !LiveThread.isAlive(pid, tid)) {
        return null; // It is ending; the first thread is kept until the others have ended.
      }
      if (e.errno() == Errno.ESRCH && tid != pid) {
        return null; // A thread that has ended since it was listed.
      }
      throw e;
    }
  }

  private boolean isOwnTracee(int tid) {
    try {
      ProcessStatus status = ProcessStatus.parse(ProcFs.read(pid, "task/" + tid + "/status"));
      return status.tracerPid() == SelfProcess.pid();
    } catch (NoSuchProcessException e) {
      return false;
    }
  }

  /**
   * Let threads that stand in the vdso go on until they have left it: on the destination its code
   * is another.
   *
   * @param mappings of the process
   */
  public void leaveVdso(List<MemoryMapEntry> mappings) {
    Vdso vdso = Vdso.of(memory, mappings);
    for (TracedThread thread : threads()) {
      if (vdso.contains(thread.registers().instructionPointer())) {
        thread.stepWhile(vdso::contains);
      }
    }
  }

  /** Returns the process id in the tracer's PID namespace. */
  public int pid() {
    return pid;
  }

  /** Returns access to the target's memory. */
  public ProcessMemory memory() {
    return memory;
  }

  /** Returns the threads, the leader first. */
  public List<TracedThread> threads() {
    List<TracedThread> ordered = new ArrayList<>(threads.values());
    TracedThread leader = leader();
    ordered.remove(leader);
    ordered.add(0, leader);
    return ordered;
  }

  /** Returns the first thread, or another one if {@link #firstThreadHasEnded}. */
  public TracedThread leader() {
    TracedThread leader = threads.get(pid);
    return leader == null ? threads.values().iterator().next() : leader;
  }

  /** Returns whether the first thread has ended, while others have not. */
  boolean firstThreadHasEnded() {
    return !threads.containsKey(pid);
  }

  /** Returns whether a signal such as SIGSTOP had stopped it before, until SIGCONT. */
  public boolean isStoppedByJobControl() {
    return threads.values().stream().anyMatch(TracedThread::isStoppedByJobControl);
  }

  /**
   * Make sure that the target does not run on when this tracer dies.
   *
   * <p>The death of a tracer resumes its tracees. A SIGSTOP that is queued for each thread
   * beforehand stops them again before their first instruction; their memory can still be read.
   */
  public void hold() {
    for (TracedThread thread : threads.values()) {
      Signals.tgkill(pid, thread.tid(), Signals.SIGSTOP);
      held.add(thread);
    }
  }

  /**
   * Returns whether the target is still stopped and whole.
   *
   * <p>SIGKILL wakes a stopped thread at once, and ptrace denies it from that moment; /proc shows
   * the end only when the thread has had a processor to end on.
   */
  public boolean isStopped() {
    try {
      leader().signalMask();
      return true;
    } catch (SystemCallException e) {
      if (e.errno() == Errno.ESRCH) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Take back what {@link #hold} has queued, before a thaw. No thread executes an instruction of
   * its own meanwhile.
   */
  public void unhold() {
    for (TracedThread thread : held) {
      try {
        thread.takeStop();
      } catch (TraceeDiedException e) {
        threads.remove(thread.tid());
      }
    }
    held.clear();
  }

  /** What a thread had before it was parked. */
  public record ParkedThread(int tid, byte[] registers, long signalMask) {}

  /** Returns what {@link #park} is going to overwrite. */
  public List<ParkedThread> describeForParking() {
    return threads.values().stream()
        .map(
            thread ->
                new ParkedThread(thread.tid(), thread.registers().toBytes(), thread.signalMask()))
        .toList();
  }

  /**
   * Make sure that not even a SIGCONT lets the program run on here: whatever wakes a thread, it
   * finds itself in {@code pause(2)} with every signal blocked, until {@link #unpark}. The kernel
   * sends one by itself, after a SIGHUP, to stopped processes whose session loses its last parent.
   *
   * @see <a href="https://man7.org/linux/man-pages/man2/_exit.2.html">_exit(2)</a>
   */
  public void park() {
    Vdso vdso = Vdso.of(memory, MemoryMapParser.parse(ProcFs.read(memory.pid(), "maps")));
    long place = vdso.systemCallInstruction();
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(memory.pid(), "status"));
    if (Signals.contains(status.sigCaught(), Signals.SIGSYS)
        || EnvironmentObstacles.threadsUnderSeccomp(memory.pid()) > 0) {
      // pause(2) could be dispatched, or a filter deny it, or kill for it.
      place = vdso.parkingPlace();
      memory.writeBytes(place, Vdso.PARKING_LOOP);
    }
    for (TracedThread thread : threads.values()) {
      Registers parked = thread.registers();
      parked.prepareSystemCall(place, X8664.PAUSE);
      thread.setSignalMask(~0L);
      thread.setRegisters(parked);
    }
  }

  /** Undo {@link #park}. */
  public void unpark(List<ParkedThread> parked) {
    for (ParkedThread state : parked) {
      TracedThread thread = threads.get(state.tid());
      if (thread != null) {
        thread.setRegisters(Registers.from(state.registers()));
        thread.setSignalMask(state.signalMask());
      }
    }
    Vdso vdso = Vdso.of(memory, MemoryMapParser.parse(ProcFs.read(memory.pid(), "maps")));
    if (vdso.holdsParkingLoop()) {
      memory.writeBytes(vdso.parkingPlace(), new byte[Vdso.PARKING_LOOP.length]);
    }
  }

  /**
   * Let all threads run on. A thread that is gone meanwhile is none of the caller's business any
   * more.
   */
  public void thaw() {
    undoInterruptions();
    threads.values().forEach(thread -> ifAlive(thread::detach));
  }

  /**
   * Have threads go back into the system calls that the stop has ended. To be called before they
   * run on in another way than by {@link #thaw}.
   */
  public void undoInterruptions() {
    for (TracedThread thread : threads.values()) {
      ifAlive(
          () -> {
            Registers registers = thread.registers();
            if (InterruptedCall.undoEnd(registers)) {
              thread.setRegisters(registers);
            }
          });
    }
  }

  private static void ifAlive(Runnable request) {
    try {
      request.run();
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ESRCH) {
        throw e;
      }
    }
  }

  private void thawAfter(RuntimeException failure) {
    try {
      thaw();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** Kill the target and collect it, so that no zombie of this tracer is left. */
  public void end() {
    Signals.kill(pid, Signals.SIGKILL);
    // The kernel reports the end of a leader only after the other threads were collected.
    List<TracedThread> leaderLast = threads();
    Collections.reverse(leaderLast);
    leaderLast.forEach(TracedThread::awaitEnd);
  }
}
