package io.github.livemigration.restore;

import io.github.livemigration.image.ThreadState;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.NamespaceInit;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.TracedThread;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The threads of the blank process by their ids in its namespace, all of them stopped. */
final class PlannedThreads {
  private final TracedThread leader;
  private final Map<Integer, TracedThread> threads = new LinkedHashMap<>();
  private final List<Integer> ordered = new ArrayList<>();
  private final List<TracedThread> born = new ArrayList<>();

  PlannedThreads(int pid, TracedThread leader) {
    this.leader = leader;
    threads.put(pid, leader);
  }

  /** Add the calls that make threads which are not there; {@link #awaitNew} comes after the run. */
  void add(RemoteBatch batch, List<Integer> wanted) {
    leader.onNewTask(task -> born.add(TracedThread.attached(task)));
    for (int tid : wanted) {
      if (!threads.containsKey(tid)) {
        long arguments = batch.bytes(NamespaceInit.threadArguments(batch.longs(tid)));
        batch.call(
            CallName.of("clone3(set_tid %d)", tid),
            X8664.CLONE3,
            arguments,
            NamespaceInit.CLONE_ARGUMENTS_BYTES);
        ordered.add(tid);
      }
    }
  }

  /** Wait until the new threads have stopped before their first instruction. */
  void awaitNew() {
    for (int i = 0; i < born.size(); i++) {
      TracedThread thread = born.get(i);
      thread.awaitStop();
      thread.blockSignals();
      threads.put(ordered.get(i), thread);
    }
    born.clear();
    ordered.clear();
  }

  /** End the threads that were planned and have ended on the source since. */
  void endAllBut(List<ThreadState> wanted, RemoteArea area) {
    Set<Integer> ended = new TreeSet<>(threads.keySet());
    ended.removeAll(wanted.stream().map(ThreadState::tid).collect(Collectors.toSet()));
    for (int tid : ended) {
      TracedThread thread = threads.remove(tid);
      if (thread == null || thread == leader) {
        throw new IllegalArgumentException("the image lacks the leader " + tid);
      }
      RemoteBatch batch = area.batch();
      batch.call("exit", X8664.EXIT, 0);
      batch.start(thread);
      thread.awaitEnd();
    }
  }

  /** Returns the threads in the order of the image, whose first one has to be the leader. */
  List<TracedThread> inOrderOf(List<ThreadState> wanted) {
    Map<Integer, TracedThread> left = new HashMap<>(threads);
    List<TracedThread> inOrder = new ArrayList<>();
    for (ThreadState state : wanted) {
      TracedThread thread = left.remove(state.tid());
      if (thread == null) {
        throw new IllegalArgumentException("thread " + state.tid() + " is in the image twice");
      }
      inOrder.add(thread);
    }
    if (inOrder.isEmpty() || inOrder.get(0) != leader) {
      throw new IllegalArgumentException("the image does not begin with the leader");
    }
    return inOrder;
  }
}
