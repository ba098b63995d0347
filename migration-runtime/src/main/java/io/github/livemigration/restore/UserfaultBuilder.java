package io.github.livemigration.restore;

import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.UserfaultAccess;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.RemoteBatch;

/** Adds the calls by which a process gets a userfaultfd of its own. */
final class UserfaultBuilder {
  private static final long FLAGS = OpenFlags.CLOEXEC | OpenFlags.NONBLOCK;

  private UserfaultBuilder() {}

  /** Returns the number of the descriptor that the calls will open. */
  static int create(RemoteBatch batch, Descriptors descriptors) {
    if (!UserfaultAccess.ofThisProcess().byDevice()) {
      return descriptors.opened(batch.call("userfaultfd()", X8664.USERFAULTFD, FLAGS));
    }
    int device = descriptors.open(UserfaultFd.DEVICE, OpenFlags.RDWR);
    int userfault =
        descriptors.opened(
            batch.call(
                "ioctl(USERFAULTFD_IOC_NEW)",
                X8664.IOCTL,
                device,
                UserfaultFd.USERFAULTFD_IOC_NEW,
                FLAGS));
    descriptors.close(device);
    return userfault;
  }
}
