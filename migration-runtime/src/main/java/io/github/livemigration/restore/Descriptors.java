package io.github.livemigration.restore;

import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * Foretells the descriptors that the calls of a table open, so that calls after them can use them,
 * and remembers what else calls have to answer.
 */
final class Descriptors {
  private static final int FIRST = 3;

  private final RemoteBatch batch;
  private final Map<RemoteCall, Long> expected = new HashMap<>();
  private final TreeSet<Integer> closed = new TreeSet<>();
  private int next = FIRST;

  /** Begin with descriptors 0 to 2 open. */
  Descriptors(RemoteBatch batch) {
    this.batch = batch;
  }

  /** Returns the number that a call opens: the kernel gives out the lowest that is free. */
  int opened(RemoteCall call) {
    Integer reused = closed.pollFirst();
    int number = reused == null ? next++ : reused;
    expect(call, number);
    return number;
  }

  /** Add a call that opens a path, close-on-exec; returns the number. */
  int open(String path, int flags) {
    return opened(
        batch.call(
            CallName.of("open(%s)", path),
            X8664.OPEN,
            batch.string(path),
            flags | OpenFlags.CLOEXEC,
            0));
  }

  /** Add a call that closes a number. */
  void close(int number) {
    batch.call(CallName.of("close(%s)", number), X8664.CLOSE, number);
    closed.add(number);
  }

  void expect(RemoteCall call, long result) {
    expected.put(call, result);
  }

  /** Check that every call answered what the calls after it relied on. */
  void verify() {
    expected.forEach(
        (call, result) -> {
          if (call.result() != result) {
            throw new IllegalStateException(
                "%s answered %#x instead of %#x".formatted(call.name(), call.result(), result));
          }
        });
  }
}
