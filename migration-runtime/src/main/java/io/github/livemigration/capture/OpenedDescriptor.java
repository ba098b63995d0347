package io.github.livemigration.capture;

import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.FdInfo;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.SignalOwner;

/** A descriptor of the target as /proc shows it. */
record OpenedDescriptor(int number, String link, FdInfo info, FileStat stat) {
  /** In words, for obstacles. */
  String place() {
    return "descriptor " + number + " (" + link + ")";
  }

  /** Status flags that {@code fcntl(2)} may set on files of every kind. */
  int nonBlocking() {
    return info.flags() & OpenFlags.NONBLOCK;
  }

  OpenFile.Descriptor descriptor() {
    return new OpenFile.Descriptor(number, info.closeOnExec());
  }

  /** Whether it leads to a file of any kind without having it open ({@code O_PATH}). */
  boolean isPathOnly() {
    return (info.flags() & OpenFlags.PATH) != 0;
  }

  /**
   * Whether somebody was named to get signals of the file, which takes a copy to find out. To close
   * one of a regular file would end the sender's own locks of it, see fcntl_locking(2), and such a
   * file sends no signals but for a lease, which is a lock.
   */
  boolean hasSignalOwner(int pid) {
    if (stat.isRegular()) {
      return false;
    }
    try (Pidfd process = LiveThread.open(pid);
        OwnedFd copy = process.takeFd(number)) {
      return SignalOwner.isSet(copy);
    }
  }

  boolean isPipe() {
    return stat.type() == FileStat.TYPE_FIFO;
  }

  boolean isTerminal() {
    int major = stat.rdevMajor();
    return stat.type() == FileStat.TYPE_CHARACTER
        && (major == 4 || major == 5 || (major >= 136 && major <= 143));
  }
}
