package io.github.livemigration.capture;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;

/**
 * The thread through which a process is looked at: the first one, or another if that has ended.
 *
 * <p>A first thread that has ended is kept as a zombie until the others have, but its entries of
 * {@code /proc} show neither memory nor descriptors any more.
 */
public final class LiveThread {
  private LiveThread() {}

  /**
   * Returns its id.
   *
   * @param pid of the process, which is returned where no thread is alive
   */
  public static int of(int pid) {
    if (isAlive(pid, pid)) {
      return pid;
    }
    return ProcFs.threads(pid).stream().filter(tid -> isAlive(pid, tid)).findFirst().orElse(pid);
  }

  /** Open a handle to the process, by the id of a thread where the first one has ended. */
  static Pidfd open(int id) {
    try {
      return Pidfd.open(id);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.EINVAL && e.errno() != Errno.ENOENT) {
        throw e;
      }
      return Pidfd.ofThread(id);
    }
  }

  static boolean isAlive(int pid, int tid) {
    try {
      char state = ProcessStatus.parse(ProcFs.read(pid, "task/" + tid + "/status")).state();
      return state != 'Z' && state != 'X';
    } catch (SystemCallException e) {
      return false;
    }
  }
}
