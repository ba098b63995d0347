package io.github.livemigration.linux;

import java.util.List;

/** Replaces the program that this process runs. */
public final class Exec {
  private static final int FIRST_CLOSED = 3;
  private static final long CLOSE_RANGE_CLOEXEC = 4;
  private static final long ALL = 0xffff_ffffL;

  private Exec() {}

  /**
   * Run another program in place of this one: same process id, environment and standard streams;
   * all other descriptors are closed, as the JDK opens its files without close-on-exec.
   *
   * @param path of the program
   * @param arguments the program's name first
   * @throws SystemCallException when the kernel refuses; this program then goes on. There is no
   *     other return
   */
  public static void replace(String path, List<String> arguments) {
    byte[][] strings = new byte[arguments.size() + 1][];
    int length = 0;
    for (int i = 0; i < strings.length; i++) {
      strings[i] = LibC.cString(i == 0 ? path : arguments.get(i - 1));
      length += strings[i].length;
    }
    // argv: a pointer for each argument and a null, then the strings.
    int pointers = (arguments.size() + 1) * Long.BYTES;
    NativeBuffer memory = NativeBuffer.allocate(pointers + length);
    int offset = pointers;
    long program = 0;
    for (int i = 0; i < strings.length; i++) {
      memory.put(offset, strings[i]);
      if (i == 0) {
        program = memory.address() + offset;
      } else {
        memory.putLong((i - 1) * Long.BYTES, memory.address() + offset);
      }
      offset += strings[i].length;
    }
    memory.putLong(arguments.size() * Long.BYTES, 0);
    if (LibC.call(X8664.CLOSE_RANGE, FIRST_CLOSED, ALL, CLOSE_RANGE_CLOEXEC) < 0) {
      throw LibC.failure("close_range(3, ~0, CLOSE_RANGE_CLOEXEC)");
    }
    LibC.execv(program, memory.address());
    throw LibC.failure("execv(" + path + ")");
  }
}
