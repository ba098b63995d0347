package io.github.livemigration.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;

/**
 * Reads files, directories and links of {@code /proc}, and writes files; parsing is elsewhere.
 *
 * <p>A process or thread that is gone is a {@link NoSuchProcessException}; everything else that
 * goes wrong is a plain {@link SystemCallException}. Callable from any thread.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc.5.html">proc(5)</a>
 */
public final class ProcFs {
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final int LINK_LIMIT = 4096;
  private static final long AT_FDCWD = -100;

  // struct linux_dirent64: 0 u64 ino; 8 s64 offset; 16 u16 record length; 18 u8 type; 19 name, ends
  // with zero
  private static final int ENTRY_LENGTH = 16;
  private static final int ENTRY_NAME = 19;

  private static final ThreadLocal<NativeBuffer> CHUNK =
      ThreadLocal.withInitial(() -> NativeBuffer.allocate(CHUNK_BYTES));

  private ProcFs() {}

  /** Read a whole file, such as {@code maps} or {@code task/4711/status}, of a process. */
  public static byte[] read(int pid, String name) {
    return ofProcess(pid, name, () -> read(path(pid, name)));
  }

  /** Read a whole file by its path. */
  public static byte[] read(String path) {
    try (OwnedFd file = OwnedFd.open(path, OpenFlags.RDONLY)) {
      NativeBuffer chunk = CHUNK.get();
      byte[] content = new byte[0];
      int length = 0;
      while (true) {
        int count = (int) file.read(chunk.address(), CHUNK_BYTES);
        if (count <= 0) {
          return length == content.length ? content : Arrays.copyOf(content, length);
        }
        if (length + count > content.length) {
          content =
              Arrays.copyOf(content, length == 0 ? count : Math.max(2 * length, length + count));
        }
        chunk.copyInto(0, content, length, count);
        length += count;
      }
    }
  }

  /** Read a whole file of a process as text. */
  public static String readText(int pid, String name) {
    return new String(read(pid, name), StandardCharsets.UTF_8);
  }

  /** Read a whole file as text. */
  public static String readText(String path) {
    return new String(read(path), StandardCharsets.UTF_8);
  }

  /** Write to a file of a process, such as {@code coredump_filter}, by one call. */
  public static void write(int pid, String name, String text) {
    ofProcess(
        pid,
        name,
        () -> {
          NativeBuffer bytes = NativeBuffer.of(text.getBytes(StandardCharsets.UTF_8));
          try (OwnedFd file = OwnedFd.open(path(pid, name), OpenFlags.WRONLY)) {
            return file.write(bytes.address(), bytes.length());
          }
        });
  }

  /** The thread ids of a process, ascending. */
  public static List<Integer> threads(int pid) {
    return numbers(pid, "task");
  }

  /** The open descriptors of a process, ascending. */
  public static List<Integer> descriptors(int pid) {
    return numbers(pid, "fd");
  }

  /**
   * The names in a directory of a process, without {@code .} and {@code ..}, in the kernel's order.
   */
  public static List<String> list(int pid, String name) {
    return ofProcess(pid, name, () -> list(path(pid, name)));
  }

  /** The names in a directory, without {@code .} and {@code ..}, in the kernel's order. */
  public static List<String> list(String path) {
    try (OwnedFd directory = OwnedFd.open(path, OpenFlags.RDONLY | OpenFlags.DIRECTORY)) {
      NativeBuffer chunk = CHUNK.get();
      List<String> names = new ArrayList<>();
      while (true) {
        int length =
            (int) LibC.call(X8664.GETDENTS64, directory.number(), chunk.address(), CHUNK_BYTES);
        if (length < 0) {
          throw LibC.failure("getdents64(" + path + ")");
        }
        if (length == 0) {
          return names;
        }
        for (int entry = 0; entry < length; entry += chunk.getShort(entry + ENTRY_LENGTH)) {
          String name = name(chunk, entry + ENTRY_NAME);
          if (!name.equals(".") && !name.equals("..")) {
            names.add(name);
          }
        }
      }
    }
  }

  /**
   * Where a link of a process points, such as {@code exe} or {@code fd/3}, as printed by the
   * kernel.
   */
  public static String readLink(int pid, String name) {
    return ofProcess(pid, name, () -> readLink(path(pid, name)));
  }

  /** Where a link points. */
  public static String readLink(String path) {
    NativeBuffer chunk = CHUNK.get();
    long length =
        LibC.syscall(
            X8664.READLINKAT, AT_FDCWD, LibC.cString(path), chunk.address(), LINK_LIMIT, 0);
    if (length < 0) {
      throw LibC.failure("readlink(" + path + ")");
    }
    return new String(chunk.copy(0, (int) length), StandardCharsets.UTF_8);
  }

  /** Whether a path exists; a link is followed. */
  public static boolean exists(String path) {
    return LibC.syscall(X8664.FACCESSAT, AT_FDCWD, LibC.cString(path), 0, 0, 0) == 0;
  }

  private static List<Integer> numbers(int pid, String name) {
    return list(pid, name).stream().map(Integer::valueOf).sorted().toList();
  }

  private static String name(NativeBuffer chunk, int start) {
    int end = start;
    while (chunk.getByte(end) != 0) {
      end++;
    }
    return new String(chunk.copy(start, end - start), StandardCharsets.UTF_8);
  }

  /** Directory of the process, or of the thread that the name leads to. */
  private static String owner(int pid, String name) {
    if (!name.startsWith("task/")) {
      return "/proc/" + pid;
    }
    int end = name.indexOf('/', "task/".length());
    return path(pid, end < 0 ? name : name.substring(0, end));
  }

  private static String path(int pid, String name) {
    return "/proc/" + pid + "/" + name;
  }

  /** Tell "the process or thread is gone" from "there is no such file". */
  private static <T> T ofProcess(int pid, String name, Supplier<T> reader) {
    try {
      return reader.get();
    } catch (SystemCallException e) {
      boolean gone =
          e.errno() == Errno.ESRCH || (e.errno() == Errno.ENOENT && !exists(owner(pid, name)));
      if (!gone) {
        throw e;
      }
      NoSuchProcessException noSuchProcess = new NoSuchProcessException(e.call(), e.errno());
      noSuchProcess.initCause(e);
      throw noSuchProcess;
    }
  }
}
