package io.github.livemigration.linux;

/**
 * Flags of open(2) on x86-64.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/open.2.html">open(2)</a>
 */
public final class OpenFlags {
  public static final int RDONLY = 0;
  public static final int WRONLY = 1;
  public static final int RDWR = 2;

  /** Mask of the three access modes. */
  public static final int ACCESS_MODE = 3;

  public static final int CREAT = 0x40;
  public static final int EXCL = 0x80;
  public static final int NOCTTY = 0x100;
  public static final int TRUNC = 0x200;
  public static final int APPEND = 0x400;
  public static final int NONBLOCK = 0x800;
  public static final int DSYNC = 0x1000;
  public static final int ASYNC = 0x2000;
  public static final int DIRECT = 0x4000;
  public static final int LARGEFILE = 0x8000;
  public static final int DIRECTORY = 0x10000;
  public static final int NOFOLLOW = 0x20000;
  public static final int NOATIME = 0x40000;
  public static final int CLOEXEC = 0x80000;
  public static final int SYNC = 0x101000;
  public static final int PATH = 0x200000;
  public static final int TMPFILE = 0x410000;

  private OpenFlags() {}
}
