package io.github.livemigration.capture;

import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.FdInfo;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.OpenFlags;

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

  boolean isPipe() {
    return stat.type() == FileStat.TYPE_FIFO;
  }

  boolean isTerminal() {
    int major = stat.rdevMajor();
    return stat.type() == FileStat.TYPE_CHARACTER
        && (major == 4 || major == 5 || (major >= 136 && major <= 143));
  }
}
