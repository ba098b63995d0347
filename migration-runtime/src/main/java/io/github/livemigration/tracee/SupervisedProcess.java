package io.github.livemigration.tracee;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.Ptrace;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.Wait;
import io.github.livemigration.linux.Wait.Waited;
import io.github.livemigration.linux.WaitStatus;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * A child of the tracer's thread that runs traced, so that one signal can be kept from it and
 * noticed.
 *
 * <p>To be used on the tracer's thread, but for {@link #requestStop}.
 */
public final class SupervisedProcess {
  private static final int OPTIONS = Ptrace.OPTION_TRACECLONE;

  /** How a supervision came to its end. */
  public enum End {
    /** The process has ended. */
    ENDED,
    /** A stop was asked for, and the signal has brought one thread to it. */
    STOPPED
  }

  private final int pid;
  private final TriggerSignal trigger;
  private final Map<Integer, TracedThread> threads = new HashMap<>();
  private final Set<Integer> stopped = new HashSet<>();
  private volatile boolean stopRequested;
  private int exitStatus = -1;

  private SupervisedProcess(int pid, int signal) {
    this.pid = pid;
    this.trigger = new TriggerSignal(signal, pid);
  }

  /**
   * Attach to all threads of a child that was just started.
   *
   * @param signal number of the signal to keep from it
   */
  public static SupervisedProcess seize(int pid, int signal) {
    SupervisedProcess process = new SupervisedProcess(pid, signal);
    for (int tid : ProcFs.threads(pid)) {
      try {
        process.threads.put(tid, TracedThread.seize(tid, OPTIONS));
      } catch (SystemCallException e) {
        if (tid == pid) {
          throw e;
        }
        // EPERM: born to a traced thread meanwhile and traced already; ESRCH: ended again.
        if (e.errno() != Errno.EPERM && e.errno() != Errno.ESRCH) {
          throw e;
        }
      }
    }
    return process;
  }

  /** Returns the process id. */
  public int pid() {
    return pid;
  }

  /** Returns the signal that is kept from the process. */
  public TriggerSignal trigger() {
    return trigger;
  }

  /** Returns the threads known so far, by id. */
  public Map<Integer, TracedThread> threads() {
    return Map.copyOf(threads);
  }

  /** Returns the ids of threads that are stopped. */
  public Collection<Integer> stopped() {
    return Set.copyOf(stopped);
  }

  /** Returns whether the process has ended. */
  public boolean hasEnded() {
    return exitStatus >= 0;
  }

  /** Returns 0 to 255, as a shell reports it, once the process has ended. */
  public int exitStatus() {
    return exitStatus;
  }

  /** From any thread: let the next such signal end the supervision. */
  public void requestStop() {
    stopRequested = true;
  }

  /**
   * Let the process run, pass its signals on, and come back when it has ended or is to be stopped.
   *
   * @param onSignal called when the signal has arrived and no stop was asked for
   */
  public End supervise(Runnable onSignal) {
    while (true) {
      Waited waited;
      try {
        waited = Wait.waitAnyOfThisThread();
      } catch (SystemCallException e) {
        if (e.errno() == Errno.ECHILD) {
          exitStatus = Math.max(exitStatus, 0);
          return End.ENDED;
        }
        throw e;
      }
      if (handle(waited, onSignal)) {
        return hasEnded() ? End.ENDED : End.STOPPED;
      }
    }
  }

  private boolean handle(Waited waited, Runnable onSignal) {
    int tid = waited.tid();
    WaitStatus status = waited.status();
    switch (status.kind()) {
      case EXITED, SIGNALED -> {
        threads.remove(tid);
        if (tid == pid) {
          exitStatus =
              status.kind() == WaitStatus.Kind.EXITED ? status.exitCode() : 128 + status.signal();
          return true;
        }
      }
      case STOPPED -> {
        return handleSignal(tid, status.signal(), onSignal);
      }
      case GROUP_STOP -> ifAlive(() -> Ptrace.listen(tid));
      default -> {
        threads.computeIfAbsent(tid, TracedThread::attached);
        ifAlive(() -> Ptrace.resume(tid, 0));
      }
    }
    return false;
  }

  private boolean handleSignal(int tid, int number, Runnable onSignal) {
    if (!trigger.isKept(tid, number)) {
      ifAlive(() -> Ptrace.resume(tid, number));
      return false;
    }
    if (stopRequested) {
      stopRequested = false;
      threads.computeIfAbsent(tid, TracedThread::attached);
      stopped.add(tid);
      return true;
    }
    ifAlive(() -> Ptrace.resume(tid, 0));
    onSignal.run();
    return false;
  }

  private static void ifAlive(Runnable request) {
    try {
      request.run();
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ESRCH) {
        throw e;
      }
      // Killed while it was stopped; its end is reported by the next wait.
    }
  }

  /** Let all threads run on under supervision after they were stopped. */
  public void resumeAll(Collection<TracedThread> frozen) {
    stopped.clear();
    for (TracedThread thread : frozen) {
      threads.put(thread.tid(), thread);
      ifAlive(
          () -> {
            thread.setOptions(OPTIONS);
            thread.resume();
          });
    }
  }
}
