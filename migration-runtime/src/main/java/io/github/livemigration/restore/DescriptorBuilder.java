package io.github.livemigration.restore;

import io.github.livemigration.image.DescriptorTable;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Opens the target's files in the blank process.
 *
 * <p>Each open file first gets a number above all that the target uses, then is duplicated to its
 * final numbers, and at last everything above is closed. So no final number is ever in the way, and
 * since descriptors 0 to 2 are free in between, the kernel gives every newly opened file a number
 * that is known beforehand.
 */
final class DescriptorBuilder {
  private static final int F_SETFL = 4;
  private static final int F_SETPIPE_SZ = 1031;
  private static final int STREAMS = 3;
  private static final int NOT_YET = -1;

  private final RemoteBatch batch;
  private final DescriptorTable table;
  private final int parking;
  private final int objects;
  private final List<RemoteCall> opens = new ArrayList<>();
  private final InterestListBuilder interestLists;
  private final FileWatcherBuilder watchers;

  /**
   * Prepare to open.
   *
   * @param objects first descriptor of the memory objects, as {@link #firstObjectNumber} gives it
   */
  DescriptorBuilder(RemoteBatch batch, DescriptorTable table, int objects) {
    this.batch = batch;
    this.table = table;
    this.parking = 1 + highest(table);
    this.objects = objects;
    this.interestLists = new InterestListBuilder(batch, table);
    this.watchers = new FileWatcherBuilder(batch);
  }

  /** Returns how many bytes of a remote area the calls take, with something to spare. */
  static long areaBytes(DescriptorTable table) {
    long bytes = 0;
    for (OpenFile.Pipe pipe : table.pipes()) {
      bytes += pipe.queued().length;
    }
    for (OpenFile.Shared file : table.files()) {
      bytes += 1024L + 256L * file.descriptors().size();
      if (file.file() instanceof OpenFile.EventPoll poll) {
        bytes += (long) InterestListBuilder.AREA_BYTES * poll.watches().size();
      }
      if (file.file() instanceof OpenFile.FileWatcher watcher) {
        bytes += FileWatcherBuilder.areaBytes(watcher);
      }
    }
    return bytes;
  }

  /** Returns a descriptor above all that are in use while descriptors are opened. */
  static int firstObjectNumber(DescriptorTable table) {
    return 1 + highest(table) + STREAMS + 2 * table.pipes().size() + table.files().size();
  }

  private static int highest(DescriptorTable table) {
    int highest = STREAMS;
    for (OpenFile.Shared shared : table.files()) {
      for (OpenFile.Descriptor descriptor : shared.descriptors()) {
        highest = Math.max(highest, descriptor.number());
      }
      if (shared.file() instanceof OpenFile.EventPoll poll) {
        for (OpenFile.Watch watch : poll.watches()) {
          highest = Math.max(highest, watch.number());
        }
      }
    }
    return highest;
  }

  /** Add the calls to the table. */
  void build() {
    for (int stream = 0; stream < STREAMS; stream++) {
      park(stream, parking + stream);
    }
    batch.call("close_range(0, 2)", X8664.CLOSE_RANGE, 0, STREAMS - 1, 0);
    int pipes = parking + STREAMS;
    for (OpenFile.Pipe pipe : table.pipes()) {
      openPipe(pipe, pipes);
      pipes += 2;
    }
    int files = parking + STREAMS + 2 * table.pipes().size();
    List<Integer> parked = new ArrayList<>();
    for (OpenFile.Shared shared : table.files()) {
      parked.add(isLate(shared.file()) ? NOT_YET : park(shared.file(), files++));
    }
    interestLists.build(parked);
    for (int i = 0; i < parked.size(); i++) {
      if (parked.get(i) != NOT_YET) {
        duplicate(table.files().get(i), parked.get(i));
      }
    }
    batch.call(
        CallName.of("close_range(%s, ~0)", parking), X8664.CLOSE_RANGE, parking, 0xffff_ffffL, 0);
  }

  private void park(int from, int to) {
    batch.call(CallName.of("dup3(%d, %d)", from, to), X8664.DUP3, from, to, OpenFlags.CLOEXEC);
  }

  private void openPipe(OpenFile.Pipe pipe, int readEnd) {
    opens.add(batch.call("pipe2()", X8664.PIPE2, batch.room(8), 0)); // Takes 0 and 1.
    batch.tryCall(
        CallName.of("fcntl(F_SETPIPE_SZ, %d)", pipe.capacityBytes()),
        X8664.FCNTL,
        1,
        F_SETPIPE_SZ,
        pipe.capacityBytes());
    if (pipe.queued().length > 0) {
      batch.call(
          CallName.of("write(pipe, %d bytes)", pipe.queued().length),
          X8664.WRITE,
          1,
          batch.bytes(pipe.queued()),
          pipe.queued().length);
    }
    park(0, readEnd);
    park(1, readEnd + 1);
    batch.call("close_range(0, 1)", X8664.CLOSE_RANGE, 0, 1, 0);
  }

  /** Open the file and return the number above all others at which it waits. */
  private int park(OpenFile file, int free) {
    if (file instanceof OpenFile.ReceiverStream stream) {
      return parking + stream.stream();
    }
    if (file instanceof OpenFile.PipeEnd end) {
      int number = parking + STREAMS + 2 * end.pipeIndex() + (end.writeEnd() ? 1 : 0);
      batch.call("fcntl(F_SETFL)", X8664.FCNTL, number, F_SETFL, end.flags());
      return number;
    }
    opens.add(open(file));
    park(0, free);
    batch.call("close(0)", X8664.CLOSE, 0);
    return free;
  }

  private RemoteCall open(OpenFile file) {
    WaitDescriptorBuilder waiting = new WaitDescriptorBuilder(batch);
    if (file instanceof OpenFile.EventCounter counter) {
      return waiting.open(counter);
    }
    if (file instanceof OpenFile.SignalReader signals) {
      return waiting.open(signals);
    }
    if (file instanceof OpenFile.ExpirationTimer timer) {
      return waiting.open(timer);
    }
    if (file instanceof OpenFile.FileWatcher watcher) {
      return watchers.open(watcher);
    }
    if (file instanceof OpenFile.EventPoll) {
      return batch.call("epoll_create1()", X8664.EPOLL_CREATE1, 0);
    }
    if (file instanceof OpenFile.ObjectFile object) {
      String link = ObjectBuilder.link(objects + object.objectIndex());
      return open(link, object.flags(), object.offsetBytes());
    }
    OpenFile.ReopenedPath reopened = (OpenFile.ReopenedPath) file;
    return open(reopened.path(), reopened.flags(), reopened.offsetBytes());
  }

  private RemoteCall open(String path, int flags, long offsetBytes) {
    String name = "open(%s, %#o)".formatted(path, flags);
    RemoteCall open = batch.call(name, X8664.OPEN, batch.string(path), flags, 0);
    if ((flags & OpenFlags.PATH) == 0) {
      seek(batch, path, 0, offsetBytes);
    }
    return open;
  }

  private static void seek(RemoteBatch batch, String path, int number, long offsetBytes) {
    if (offsetBytes != 0) {
      batch.call(
          CallName.of("lseek(%s, %d)", path, offsetBytes),
          X8664.LSEEK,
          number,
          offsetBytes,
          OwnedFd.SEEK_SET);
    }
  }

  private void duplicate(OpenFile.Shared shared, int from) {
    shared.descriptors().forEach(descriptor -> duplicate(batch, descriptor, from));
  }

  private static void duplicate(RemoteBatch batch, OpenFile.Descriptor descriptor, int from) {
    batch.call(
        CallName.of("dup3(%d, %d)", from, descriptor.number()),
        X8664.DUP3,
        from,
        descriptor.number(),
        descriptor.closeOnExec() ? OpenFlags.CLOEXEC : 0);
  }

  /** Files of /proc that tell about threads and descriptors are there when those are. */
  private static boolean isLate(OpenFile file) {
    return file instanceof OpenFile.OwnProcessFile;
  }

  /**
   * Add to a later table, to be run when all threads are there, what needs them or the results of
   * this one.
   */
  void settle(RemoteBatch later) {
    interestLists.settle(later);
    Set<Integer> used = new HashSet<>();
    for (OpenFile.Shared shared : table.files()) {
      if (!isLate(shared.file())) {
        shared.descriptors().forEach(descriptor -> used.add(descriptor.number()));
      }
    }
    // What fd and fdinfo show has to be open before.
    for (boolean aboutDescriptors : new boolean[] {false, true}) {
      for (OpenFile.Shared shared : table.files()) {
        if (shared.file() instanceof OpenFile.OwnProcessFile file
            && file.name().startsWith("fd") == aboutDescriptors) {
          openLate(later, file, shared.descriptors(), used);
        }
      }
    }
  }

  /** The kernel gives it the lowest number that is free. */
  private static void openLate(
      RemoteBatch later,
      OpenFile.OwnProcessFile file,
      List<OpenFile.Descriptor> descriptors,
      Set<Integer> used) {
    int lowest = 0;
    while (used.contains(lowest)) {
      lowest++;
    }
    boolean keep = false;
    String path = "/proc/" + file.taskId() + "/" + file.name();
    String name = "open(%s, %#o)".formatted(path, file.flags());
    int flags = file.flags();
    for (OpenFile.Descriptor descriptor : descriptors) {
      if (descriptor.number() == lowest) {
        keep = true;
        flags |= descriptor.closeOnExec() ? OpenFlags.CLOEXEC : 0;
      }
      used.add(descriptor.number());
    }
    later.call(name, X8664.OPEN, later.string(path), flags, 0);
    seek(later, path, lowest, file.offsetBytes());
    for (OpenFile.Descriptor descriptor : descriptors) {
      if (descriptor.number() != lowest) {
        duplicate(later, descriptor, lowest);
      }
    }
    if (!keep) {
      later.call(CallName.of("close(%s)", lowest), X8664.CLOSE, lowest);
    }
  }

  /**
   * Check that every file was opened under the number that the calls after it relied on.
   *
   * @return what this host did not allow, for people
   */
  List<String> verify() {
    for (RemoteCall open : opens) {
      if (open.result() != 0) {
        throw new IllegalStateException(
            open.name() + " answered " + open.result() + " instead of 0");
      }
    }
    watchers.verify();
    return interestLists.warnings();
  }
}
