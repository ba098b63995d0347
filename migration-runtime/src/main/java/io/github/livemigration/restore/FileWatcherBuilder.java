package io.github.livemigration.restore;

import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes inotify instances.
 *
 * <p>The kernel numbers watches from 1, each by the one before plus one, whether that is still
 * there or not. So numbers that are not in use are used up: a watch is added and removed, and the
 * event that tells so is read.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/inotify.7.html">inotify(7)</a>
 */
final class FileWatcherBuilder {
  private static final int EVENT_BYTES = 16;
  private static final int IN_DELETE_SELF = 0x400;

  /** The path is that of the file itself, also of one that is a link. */
  private static final int IN_DONT_FOLLOW = 0x2000000;

  private final RemoteBatch batch;
  private final Map<RemoteCall, Long> expected = new HashMap<>();

  FileWatcherBuilder(RemoteBatch batch) {
    this.batch = batch;
  }

  /** Returns how many bytes of a remote area the calls take, with something to spare. */
  static long areaBytes(OpenFile.FileWatcher watcher) {
    long bytes = 0;
    int last = 0;
    for (OpenFile.WatchedFile file : watcher.watched()) {
      bytes += 512L + 4L * file.path().length() + 384L * (file.number() - last - 1);
      last = file.number();
    }
    return bytes;
  }

  /** Add the calls; returns the one that opens the instance as the lowest free number, 0. */
  RemoteCall open(OpenFile.FileWatcher watcher) {
    RemoteCall open = batch.call("inotify_init1()", X8664.INOTIFY_INIT1, watcher.flags());
    int next = 1;
    for (OpenFile.WatchedFile file : watcher.watched()) {
      long path = batch.string(file.path());
      useUp(next, file, path);
      add(file.number(), file.path(), path, file.mask() | IN_DONT_FOLLOW);
      next = file.number() + 1;
    }
    return open;
  }

  private void useUp(int from, OpenFile.WatchedFile file, long path) {
    int end = file.number();
    if (from == end) {
      return;
    }
    for (int number = from; number < end; number++) {
      add(number, file.path(), path, IN_DELETE_SELF | IN_DONT_FOLLOW);
      batch.call(CallName.of("inotify_rm_watch(%s)", number), X8664.INOTIFY_RM_WATCH, 0, number);
    }
    long bytes = (long) EVENT_BYTES * (end - from);
    expected.put(batch.call("read(inotify)", X8664.READ, 0, batch.room((int) bytes), bytes), bytes);
  }

  private void add(int number, String name, long path, int mask) {
    expected.put(
        batch.call(
            CallName.of("inotify_add_watch(%s)", name), X8664.INOTIFY_ADD_WATCH, 0, path, mask),
        (long) number);
  }

  /** Check that every watch has its number, and that nothing else was read. */
  void verify() {
    expected.forEach(
        (call, result) -> {
          if (call.result() != result) {
            throw new IllegalStateException(
                "%s answered %d instead of %d".formatted(call.name(), call.result(), result));
          }
        });
  }
}
