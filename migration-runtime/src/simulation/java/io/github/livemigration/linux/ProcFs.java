package io.github.livemigration.linux;

import io.github.livemigration.simulation.Kernel;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** In place of the kernel's, in the kernel's words. */
public final class ProcFs {
  private ProcFs() {}

  /** Read a file of a process. */
  public static byte[] read(int pid, String name) {
    if (!Kernel.the().isThere(pid)) {
      throw new NoSuchProcessException("open(/proc/" + pid + "/" + name + ")", Errno.ENOENT);
    }
    return (name.endsWith("status") ? Kernel.the().status(pid) : Kernel.the().stat(pid))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Read a file of the host. */
  public static String readText(String path) {
    return path;
  }

  /** Returns whether a process is there. */
  public static boolean exists(String path) {
    return Kernel.the().isThere(Integer.parseInt(path.substring("/proc/".length())));
  }

  /** Returns the only thread. */
  public static List<Integer> threads(int pid) {
    return List.of(pid);
  }
}
