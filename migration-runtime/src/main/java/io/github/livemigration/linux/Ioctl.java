package io.github.livemigration.linux;

/**
 * Computes ioctl numbers the way the kernel's headers do.
 *
 * <pre>
 *  31 30 29          16 15       8 7        0
 * +-----+--------------+----------+----------+
 * | dir | struct bytes |   type   |  number  |
 * +-----+--------------+----------+----------+
 * </pre>
 */
final class Ioctl {
  private static final int WRITE = 1;
  private static final int READ = 2;

  private Ioctl() {}

  /** There is no structure. */
  static long plain(int type, int number) {
    return encode(0, type, number, 0);
  }

  /** The kernel reads and writes the structure. */
  static long readWrite(int type, int number, int structBytes) {
    return encode(READ | WRITE, type, number, structBytes);
  }

  /**
   * The kernel writes the structure, by the header's word (userfaultfd uses it for some that it
   * reads).
   */
  static long read(int type, int number, int structBytes) {
    return encode(READ, type, number, structBytes);
  }

  /** The kernel reads the structure. */
  static long write(int type, int number, int structBytes) {
    return encode(WRITE, type, number, structBytes);
  }

  /** Issue the call; a negative result leaves its cause in {@link LibC#errno()}. */
  static int call(int fd, long request, long argument) {
    return (int) LibC.call(X8664.IOCTL, fd, request, argument);
  }

  private static long encode(int direction, int type, int number, int structBytes) {
    return ((long) direction << 30) | ((long) structBytes << 16) | ((long) type << 8) | number;
  }
}
