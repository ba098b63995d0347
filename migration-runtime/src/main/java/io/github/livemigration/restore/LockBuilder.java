package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.MemoryLock;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.util.ArrayList;
import java.util.List;

/**
 * Locks memory before its pages are there.
 *
 * <p>{@code mlock(2)} first marks the mapping and then brings in its pages. Where they are still to
 * come, the kernel would make pages of zeros, which are in the way of the true ones. So such ranges
 * are under a userfaultfd meanwhile that answers every missing page with SIGBUS: the mapping is
 * marked, nothing is brought in, and the call says ENOMEM. Pages that come later are locked as they
 * come.
 */
final class LockBuilder {
  private static final int MLOCK_ONFAULT = 1;
  private static final int MCL_FUTURE = 2;
  private static final int MCL_ONFAULT = 4;
  private static final long API_VERSION = 0xAA;

  private final RemoteBatch batch;
  private final Descriptors descriptors;
  private final List<RemoteCall> locks = new ArrayList<>();

  LockBuilder(RemoteBatch batch, Descriptors descriptors) {
    this.batch = batch;
    this.descriptors = descriptors;
  }

  /** Add the calls, after all mappings have been made. */
  void lock(MemoryImage image) {
    List<MappingState> empty = new ArrayList<>();
    for (MappingState mapping : image.mappings()) {
      if (mapping.lock() == MemoryLock.LOCKED && mapping.servable()) {
        empty.add(mapping);
      }
    }
    int refuser = empty.isEmpty() ? -1 : refuseFaults(empty);
    for (MappingState mapping : image.mappings()) {
      if (mapping.lock() != MemoryLock.NONE) {
        AddressRange range = mapping.range();
        int flags = mapping.lock() == MemoryLock.LOCKED ? 0 : MLOCK_ONFAULT;
        locks.add(
            batch.tryCall(
                CallName.of("mlock2(%#x-%#x, %d)", range.startAddress(), range.endAddress(), flags),
                X8664.MLOCK2,
                range.startAddress(),
                range.lengthBytes(),
                flags));
      }
    }
    if (refuser >= 0) {
      descriptors.close(refuser);
    }
  }

  private int refuseFaults(List<MappingState> mappings) {
    int userfault = UserfaultBuilder.create(batch, descriptors);
    long api = batch.longs(API_VERSION, UserfaultFd.FEATURE_SIGBUS, 0);
    batch.call("ioctl(UFFDIO_API)", X8664.IOCTL, userfault, UserfaultFd.UFFDIO_API, api);
    for (MappingState mapping : mappings) {
      AddressRange range = mapping.range();
      long register =
          batch.longs(range.startAddress(), range.lengthBytes(), UserfaultFd.MODE_MISSING, 0);
      batch.call(
          CallName.of("ioctl(UFFDIO_REGISTER, %#x-%#x)", range.startAddress(), range.endAddress()),
          X8664.IOCTL,
          userfault,
          UserfaultFd.UFFDIO_REGISTER,
          register);
    }
    return userfault;
  }

  /** Add the call that locks what the process maps from now on. */
  static void lockFuture(RemoteBatch batch, MemoryLock lock) {
    if (lock != MemoryLock.NONE) {
      int flags = MCL_FUTURE | (lock == MemoryLock.LOCKED_ON_FAULT ? MCL_ONFAULT : 0);
      batch.call(CallName.of("mlockall(%s)", flags), X8664.MLOCKALL, flags);
    }
  }

  /** Check that every mapping was marked. */
  void verify() {
    for (RemoteCall lock : locks) {
      if (lock.failed() && lock.errno() != Errno.ENOMEM && lock.errno() != Errno.EAGAIN) {
        throw new SystemCallException("remote " + lock.name(), lock.errno());
      }
    }
  }
}
