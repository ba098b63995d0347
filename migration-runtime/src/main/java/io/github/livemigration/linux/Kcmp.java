package io.github.livemigration.linux;

/**
 * Asks whether two processes share something of the kernel. Needs the right to trace both.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/kcmp.2.html">kcmp(2)</a>
 */
public final class Kcmp {
  private static final int FILE = 0;
  private static final int FILES = 2;
  private static final int FS = 3;
  private static final int SEMAPHORE_UNDO = 6;
  private static final int EPOLL_TARGET = 7;

  private Kcmp() {}

  /** Whether two descriptors are the same open file, with one offset and one set of flags. */
  public static boolean sameFile(int pid1, int fd1, int pid2, int fd2) {
    return kcmp(pid1, pid2, FILE, fd1, fd2) == 0;
  }

  /** Whether two threads or processes have one table of descriptors. */
  public static boolean sameFileTable(int pid1, int pid2) {
    return kcmp(pid1, pid2, FILES, 0, 0) == 0;
  }

  /** Whether two threads or processes have one root, working directory and umask. */
  public static boolean samePlace(int pid1, int pid2) {
    return kcmp(pid1, pid2, FS, 0, 0) == 0;
  }

  /** Whether two threads or processes have one list for {@code SEM_UNDO}, or both have none. */
  static boolean sameUndoList(int pid1, int pid2) {
    return kcmp(pid1, pid2, SEMAPHORE_UNDO, 0, 0) == 0;
  }

  /**
   * Order two descriptors by their open files, so that many can be sorted; the order holds until
   * the next boot.
   *
   * @return negative, 0 for the same open file, or positive
   */
  public static int compareFiles(int pid1, int fd1, int pid2, int fd2) {
    int order = kcmp(pid1, pid2, FILE, fd1, fd2);
    return order == 1 ? -1 : order == 0 ? 0 : 1;
  }

  /**
   * Whether an entry of an epoll instance watches the open file behind a descriptor.
   *
   * @param epoll descriptor of the instance
   * @param target number under which the file was added
   * @param index among the entries added under that number, in the order of fdinfo
   * @return false also where the process has no such descriptor or entry
   */
  public static boolean watchedByEpoll(int pid, int fd, int epoll, int target, int index) {
    NativeBuffer slot = Scratch.get();
    slot.putInt(0, epoll);
    slot.putInt(4, target);
    slot.putInt(8, index);
    return LibC.syscall(X8664.KCMP, pid, pid, EPOLL_TARGET, fd, slot.address(), 0) == 0;
  }

  private static int kcmp(int pid1, int pid2, int type, int fd1, int fd2) {
    long result = LibC.syscall(X8664.KCMP, pid1, pid2, type, fd1, fd2, 0);
    if (result < 0) {
      throw LibC.failure(
          "kcmp(" + pid1 + ", " + pid2 + ", type " + type + ", fd " + fd1 + ", fd " + fd2 + ")");
    }
    return (int) result;
  }
}
