package io.github.livemigration.linux;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Starts a program as a child of the calling OS thread.
 *
 * <p>Unlike {@link ProcessBuilder} no other thread of the JVM waits for the child, so it can be
 * traced and is reaped by {@link Wait} only. The child has the descriptors 0, 1 and 2 only, an
 * empty signal mask, and all signals at their defaults, except that glibc lets a child ignore its
 * two internal signals, 32 and 33.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/posix_spawn.3.html">posix_spawn(3)</a>
 */
public final class Spawn {
  private static final int FIRST_CLOSED = 3;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSIGDEF = 0x04;
  private static final short SETSID = 0x80;

  // Opaque structures, larger than in any C library known: glibc has 336, 80 and 128 bytes.
  private static final int ATTRIBUTES = 0;
  private static final int ACTIONS = 1024;
  private static final int SIGNAL_SET = 2048;
  private static final int PID = 3072;
  private static final int LENGTH = 4096;

  private Spawn() {}

  /** Start a program with the parent's directory and standard streams. */
  public static int spawn(
      String path, List<String> argv, @Nullable Map<String, String> environment) {
    return spawn(path, argv, environment, SpawnOptions.DEFAULTS);
  }

  /**
   * Start a program.
   *
   * @param path the program, not searched for
   * @param argv all arguments, the program's own name first
   * @param environment complete environment; {@code null} for that of this process
   * @return the child's pid, as seen in this PID namespace
   * @throws SystemCallException when it could not be started, also when exec failed
   */
  public static int spawn(
      String path,
      List<String> argv,
      @Nullable Map<String, String> environment,
      SpawnOptions options) {
    NativeBuffer memory = NativeBuffer.allocate(LENGTH);
    NativeBuffer arguments = strings(argv);
    NativeBuffer variables =
        environment == null
            ? null
            : strings(
                environment.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    long environ = variables == null ? ownEnvironment() : variables.address();
    long base = memory.address();
    check("posix_spawnattr_init", C.posix_spawnattr_init(base + ATTRIBUTES));
    try {
      setAttributes(base, options);
      check("posix_spawn_file_actions_init", C.posix_spawn_file_actions_init(base + ACTIONS));
      try {
        addFileActions(base + ACTIONS, options);
        int error =
            C.posix_spawn(
                base + PID,
                LibC.cString(path),
                base + ACTIONS,
                base + ATTRIBUTES,
                arguments.address(),
                environ);
        check("posix_spawn(" + path + ", " + argv + ")", error);
        return memory.getInt(PID);
      } finally {
        C.posix_spawn_file_actions_destroy(base + ACTIONS);
      }
    } finally {
      C.posix_spawnattr_destroy(base + ATTRIBUTES);
      Reference.reachabilityFence(memory);
      Reference.reachabilityFence(arguments);
      Reference.reachabilityFence(variables);
    }
  }

  private static void setAttributes(long base, SpawnOptions options) {
    long set = base + SIGNAL_SET;
    C.sigfillset(set);
    check("posix_spawnattr_setsigdefault", C.posix_spawnattr_setsigdefault(base + ATTRIBUTES, set));
    C.sigemptyset(set);
    check("posix_spawnattr_setsigmask", C.posix_spawnattr_setsigmask(base + ATTRIBUTES, set));
    int flags = SETSIGDEF | SETSIGMASK | (options.newSession() ? SETSID : 0);
    check("posix_spawnattr_setflags", C.posix_spawnattr_setflags(base + ATTRIBUTES, (short) flags));
  }

  private static void addFileActions(long actions, SpawnOptions options) {
    addDuplicate(actions, options.stdin(), 0);
    addDuplicate(actions, options.stdout(), 1);
    addDuplicate(actions, options.stderr(), 2);
    String directory = options.workingDirectory();
    if (directory != null) {
      int error =
          ChangeDirectory.posix_spawn_file_actions_addchdir_np(actions, LibC.cString(directory));
      check("posix_spawn_file_actions_addchdir_np(" + directory + ")", error);
    }
    addCloseRest(actions);
  }

  /**
   * The JDK opens its files without close-on-exec, and a child must not hold the ports of its
   * parent.
   */
  private static void addCloseRest(long actions) {
    if (CloseFrom.AVAILABLE) {
      int error = CloseFrom.posix_spawn_file_actions_addclosefrom_np(actions, FIRST_CLOSED);
      check("posix_spawn_file_actions_addclosefrom_np", error);
      return;
    }
    for (int fd : ProcFs.descriptors(SelfProcess.pid())) {
      if (fd >= FIRST_CLOSED) {
        check(
            "posix_spawn_file_actions_addclose", C.posix_spawn_file_actions_addclose(actions, fd));
      }
    }
  }

  private static void addDuplicate(long actions, int from, int to) {
    if (from != SpawnOptions.INHERIT) {
      String call = "posix_spawn_file_actions_adddup2(" + from + ", " + to + ")";
      check(call, C.posix_spawn_file_actions_adddup2(actions, from, to));
    }
  }

  /** These functions return the error number instead of setting errno. */
  private static void check(String call, int error) {
    if (error != 0) {
      throw new SystemCallException(call, error);
    }
  }

  private static long ownEnvironment() {
    return NativeLibrary.getInstance("c").getGlobalVariableAddress("environ").getLong(0);
  }

  /** A null-terminated array of pointers, followed by the strings that they point to. */
  private static NativeBuffer strings(List<String> strings) {
    List<byte[]> encoded =
        strings.stream().map(s -> (s + '\0').getBytes(StandardCharsets.UTF_8)).toList();
    int text = (strings.size() + 1) * Long.BYTES;
    NativeBuffer memory =
        NativeBuffer.allocate(text + encoded.stream().mapToInt(b -> b.length).sum());
    for (int i = 0; i < encoded.size(); i++) {
      memory.putLong(i * Long.BYTES, memory.address() + text);
      memory.put(text, encoded.get(i));
      text += encoded.get(i).length;
    }
    return memory;
  }

  private static final class C {
    static {
      Native.register(C.class, "c");
    }

    static native int posix_spawn(
        long pid, byte[] path, long actions, long attributes, long argv, long environment);

    static native int posix_spawnattr_init(long attributes);

    static native int posix_spawnattr_destroy(long attributes);

    static native int posix_spawnattr_setflags(long attributes, short flags);

    static native int posix_spawnattr_setsigdefault(long attributes, long signalSet);

    static native int posix_spawnattr_setsigmask(long attributes, long signalSet);

    static native int posix_spawn_file_actions_init(long actions);

    static native int posix_spawn_file_actions_destroy(long actions);

    static native int posix_spawn_file_actions_adddup2(long actions, int from, int to);

    static native int posix_spawn_file_actions_addclose(long actions, int fd);

    static native int sigemptyset(long signalSet);

    static native int sigfillset(long signalSet);
  }

  /** Apart from the others because older C libraries lack it (glibc has it since 2.34). */
  private static final class CloseFrom {
    static final boolean AVAILABLE = register();

    private static boolean register() {
      try {
        Native.register(CloseFrom.class, "c");
        return true;
      } catch (UnsatisfiedLinkError e) {
        return false;
      }
    }

    static native int posix_spawn_file_actions_addclosefrom_np(long actions, int first);
  }

  /** Apart from the others because older C libraries lack it (glibc has it since 2.29). */
  private static final class ChangeDirectory {
    static {
      Native.register(ChangeDirectory.class, "c");
    }

    static native int posix_spawn_file_actions_addchdir_np(long actions, byte[] path);
  }
}
