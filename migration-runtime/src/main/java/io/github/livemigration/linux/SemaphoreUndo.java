package io.github.livemigration.linux;

/**
 * Whether the kernel may have to undo operations on System V semaphores when a process ends.
 *
 * <p>It shows nowhere what it would undo. It does show who was the last to operate on a semaphore,
 * and whether a process without further threads has a list of what is to be undone: with threads it
 * always has one, which may be empty.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/semop.2.html">semop(2)</a>
 */
public final class SemaphoreUndo {
  private static final String SETS = "/proc/sysvipc/sem";
  private static final int GETPID = 11;
  private static final int ID_COLUMN = 1;
  private static final int COUNT_COLUMN = 3;

  private SemaphoreUndo() {}

  /**
   * Look at a process of the caller's IPC namespace.
   *
   * @param threads that it has
   */
  public static boolean isPossible(int pid, int threads) {
    return wasLastToOperate(pid) && (threads > 1 || hasList(pid));
  }

  private static boolean wasLastToOperate(int pid) {
    return ProcFs.exists(SETS)
        && ProcFs.readText(SETS).lines().skip(1).anyMatch(set -> wasLastToOperate(pid, set));
  }

  private static boolean wasLastToOperate(int pid, String set) {
    String[] columns = set.strip().split("\\s+", -1);
    int id = Integer.parseInt(columns[ID_COLUMN]);
    int count = Integer.parseInt(columns[COUNT_COLUMN]);
    for (int semaphore = 0; semaphore < count; semaphore++) {
      if (LibC.call(X8664.SEMCTL, id, semaphore, GETPID) == pid) {
        return true;
      }
    }
    return false;
  }

  /** No list is like no list. */
  private static boolean hasList(int pid) {
    int without = PauseProgram.spawn();
    try {
      return !Kcmp.sameUndoList(pid, without);
    } finally {
      PauseProgram.end(without);
    }
  }
}
