package io.github.livemigration.linux;

import com.sun.jna.Native;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The functions of the C library that this package calls, mapped directly: a call with primitive
 * arguments allocates nothing.
 *
 * <p>Only functions that every C library has are here, so that loading never fails. What a library
 * may lack, and what it declares with a variable number of arguments (which direct mapping cannot
 * express), goes through {@code syscall(2)} with its number: on x86-64 that function takes its
 * arguments in registers and cares about nothing else.
 */
final class LibC {
  static {
    Native.register(LibC.class, "c");
  }

  private LibC() {}

  static native long syscall(long number, long a, long b, long c, long d, long e, long f);

  /** For calls with a directory descriptor and a path; the path ends with a zero byte. */
  static native long syscall(long number, long directory, byte[] path, long c, long d, long e);

  static native int close(int fd);

  static native long read(int fd, long address, long length);

  static native long write(int fd, long address, long length);

  static native long pread(int fd, long address, long length, long offset);

  static native long pwrite(int fd, long address, long length, long offset);

  static native long lseek(int fd, long offset, int whence);

  static native int memcmp(long one, long other, long length);

  static native int execv(long path, long arguments);

  static native int poll(long pollfds, long count, int timeoutMillis);

  static native int wait4(int pid, long status, int options, long rusage);

  static native int kill(int pid, int signal);

  static native long process_vm_readv(
      int pid, long local, long localCount, long remote, long remoteCount, long flags);

  static native long tee(int in, int out, long length, int flags);

  static native int unshare(int flags);

  static native int setns(int fd, int type);

  static native int clock_gettime(int clock, long timespec);

  static native int geteuid();

  static native int getegid();

  static native int getpid();

  /** Call by number with up to three arguments. */
  static long call(long number, long a, long b, long c) {
    return syscall(number, a, b, c, 0, 0, 0);
  }

  /**
   * Error number of the last call of this thread. JNA keeps it, so Java code in between does not
   * change it.
   */
  static int errno() {
    return Native.getLastError();
  }

  /** The exception for the call that has just failed on this thread. */
  static SystemCallException failure(String call) {
    return new SystemCallException(call, errno());
  }

  /** A string as the kernel wants it. */
  static byte[] cString(String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "a zero character cannot be passed to the kernel: " + text);
    }
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }
}
