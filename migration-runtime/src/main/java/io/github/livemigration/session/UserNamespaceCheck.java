package io.github.livemigration.session;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.restore.BlankProcess;
import io.github.livemigration.restore.ClockShift;
import io.github.livemigration.tracee.Tracer;
import java.util.List;

/**
 * Tries what the receiver of an ordinary user does with a user namespace: other namespaces, chosen
 * pids and shifted clocks in it.
 */
final class UserNamespaceCheck {
  private static final String NAME = "user namespace, with PID, mount and time namespace in it";
  private static final int PID = 2_000;
  private static final ClockShift A_SECOND = new ClockShift(1_000_000_000, 1_000_000_000);

  private UserNamespaceCheck() {}

  static List<HostCheck.Feature> run() {
    try (Tracer tracer = new Tracer("tracer of a check")) {
      tracer.run(() -> BlankProcess.create(PID, A_SECOND, false).destroy());
      return List.of(
          new HostCheck.Feature(NAME, true, true, "made one, with a process of a chosen pid", ""));
    } catch (SystemCallException e) {
      return List.of(failed(e, e.errno()));
    } catch (Exception e) {
      return List.of(failed(e, 0));
    }
  }

  private static HostCheck.Feature failed(Exception cause, int errno) {
    return new HostCheck.Feature(
        NAME, true, false, String.valueOf(cause.getMessage()), mend(cause, errno));
  }

  static String mend(Exception cause, int errno) {
    String call = String.valueOf(cause.getMessage());
    if (call.contains("mount(proc")) {
      return "parts of /proc are covered here: in a container add --security-opt"
          + " systempaths=unconfined; or run as root (sudo)";
    }
    if (errno == Errno.ENOSPC) {
      return "sudo sysctl -w user.max_user_namespaces=10000";
    }
    return "permit it: sudo sysctl -w kernel.unprivileged_userns_clone=1 (Debian),"
        + " sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0 (Ubuntu), in a container"
        + " --security-opt seccomp=unconfined; or run as root (sudo)";
  }
}
