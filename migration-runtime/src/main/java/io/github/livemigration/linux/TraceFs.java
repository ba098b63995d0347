package io.github.livemigration.linux;

import java.lang.ref.Reference;
import java.util.List;

/**
 * Finds the numbers of tracepoints, which differ from kernel to kernel.
 *
 * @see <a href="https://docs.kernel.org/trace/events.html">Event tracing</a>
 */
final class TraceFs {
  private static final String RETURN_OF_SYSTEM_CALL = "/events/raw_syscalls/sys_exit/id";
  private static final List<String> MOUNT_POINTS =
      List.of("/sys/kernel/tracing", "/sys/kernel/debug/tracing");
  private static final int FSCONFIG_CMD_CREATE = 6;
  private static final long CLOEXEC = 1;

  /** Once it is known; 0 before. */
  private static volatile long systemCallReturn;

  private TraceFs() {}

  /**
   * The tracepoint that each system call reaches when it returns.
   *
   * @throws SystemCallException where the kernel does not have it, or does not tell
   */
  static long systemCallReturn() {
    long known = systemCallReturn;
    if (known == 0) {
      known = find();
      systemCallReturn = known;
    }
    return known;
  }

  private static long find() {
    for (String place : MOUNT_POINTS) {
      if (ProcFs.exists(place + RETURN_OF_SYSTEM_CALL)) {
        return number(place);
      }
    }
    try (OwnedFd mount = mount()) {
      return number("/proc/self/fd/" + mount.number());
    }
  }

  private static long number(String place) {
    return Long.parseLong(ProcFs.readText(place + RETURN_OF_SYSTEM_CALL).strip());
  }

  /** A mount that no path leads to, and that goes with its descriptor. */
  private static OwnedFd mount() {
    try (OwnedFd context = context()) {
      if (LibC.call(X8664.FSCONFIG, context.number(), FSCONFIG_CMD_CREATE, 0) < 0) {
        throw LibC.failure("fsconfig(tracefs, CREATE)");
      }
      return adopt(LibC.call(X8664.FSMOUNT, context.number(), CLOEXEC, 0), "fsmount(tracefs)");
    }
  }

  private static OwnedFd context() {
    NativeBuffer type = NativeBuffer.of(LibC.cString("tracefs"));
    try {
      return adopt(LibC.call(X8664.FSOPEN, type.address(), CLOEXEC, 0), "fsopen(tracefs)");
    } finally {
      Reference.reachabilityFence(type);
    }
  }

  private static OwnedFd adopt(long fd, String call) {
    if (fd < 0) {
      throw LibC.failure(call);
    }
    return OwnedFd.adopt((int) fd, call);
  }
}
