package io.github.livemigration.linux;

/**
 * Entering and leaving namespaces, for the calling OS thread.
 *
 * <p>A new PID or time namespace is not entered by the caller but by its next children.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/namespaces.7.html">namespaces(7)</a>
 */
public final class Namespaces {
  public static final int CLONE_NEWTIME = 0x00000080;
  public static final int CLONE_NEWNS = 0x00020000;
  public static final int CLONE_NEWCGROUP = 0x02000000;
  public static final int CLONE_NEWUTS = 0x04000000;
  public static final int CLONE_NEWIPC = 0x08000000;
  public static final int CLONE_NEWUSER = 0x10000000;
  public static final int CLONE_NEWPID = 0x20000000;
  public static final int CLONE_NEWNET = 0x40000000;

  private Namespaces() {}

  /**
   * Create namespaces by {@code CLONE_NEW} bits. A thread with a new PID namespace cannot start
   * threads any more.
   */
  public static void unshare(int flags) {
    if (LibC.unshare(flags) < 0) {
      throw LibC.failure("unshare(0x" + Integer.toHexString(flags) + ")");
    }
  }

  /**
   * Join a namespace.
   *
   * @param namespace opened from {@code /proc/PID/ns/}
   * @param type its {@code CLONE_NEW} bit, or 0 for whatever it is
   */
  public static void setns(OwnedFd namespace, int type) {
    if (LibC.setns(namespace.number(), type) < 0) {
      throw LibC.failure("setns(" + namespace + ", 0x" + Integer.toHexString(type) + ")");
    }
  }
}
