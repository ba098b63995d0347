package io.github.livemigration.linux;

/**
 * How far this process gets with userfaultfd.
 *
 * @param byDevice whether only {@link UserfaultFd#DEVICE} gives one that also serves the kernel's
 *     own faults
 * @param tellsForks whether {@link UserfaultFd#FEATURE_EVENT_FORK} is permitted, which takes
 *     CAP_SYS_PTRACE in the first user namespace
 */
public record UserfaultAccess(boolean byDevice, boolean tellsForks) {
  /** Holder that tries when it is first asked for. */
  private static final class ThisProcess {
    static final UserfaultAccess ACCESS = tryAll();
  }

  /** Returns what this process can do; tried when first asked, then remembered. */
  public static UserfaultAccess ofThisProcess() {
    return ThisProcess.ACCESS;
  }

  private static UserfaultAccess tryAll() {
    boolean byDevice = isByDevice();
    return new UserfaultAccess(byDevice, tellsForks(byDevice));
  }

  /** In a new user namespace a capability of this process does not count. */
  private static boolean isByDevice() {
    if (UserNamespaces.areNeeded()) {
      String everybody = "/proc/sys/vm/unprivileged_userfaultfd";
      return !ProcFs.exists(everybody) || !ProcFs.readText(everybody).strip().equals("1");
    }
    try (UserfaultFd userfault = UserfaultFd.create(0)) {
      return userfault.number() < 0;
    } catch (SystemCallException e) {
      return e.errno() == Errno.EPERM;
    }
  }

  private static boolean tellsForks(boolean byDevice) {
    try (UserfaultFd userfault = byDevice ? UserfaultFd.createByDevice() : UserfaultFd.create(0)) {
      userfault.api(UserfaultFd.FEATURE_EVENT_FORK);
      return true;
    } catch (SystemCallException e) {
      return false;
    }
  }
}
