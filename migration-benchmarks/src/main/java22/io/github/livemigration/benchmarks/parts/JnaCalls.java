package io.github.livemigration.benchmarks.parts;

import com.sun.jna.Native;

/** Calls by JNA's direct mapping, declared as the product declares them. */
final class JnaCalls {
  static {
    Native.register(JnaCalls.class, "c");
  }

  private JnaCalls() {}

  static native int getppid();

  static native int close(int fd);

  static native int memcmp(long one, long other, long length);

  static native long process_vm_readv(
      int pid, long local, long localCount, long remote, long remoteCount, long flags);

  static native long syscall(long number, long a, long b, long c, long d, long e, long f);

  /** Error number of the last call of this thread. */
  static int errno() {
    return Native.getLastError();
  }
}
