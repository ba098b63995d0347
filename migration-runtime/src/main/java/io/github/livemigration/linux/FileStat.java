package io.github.livemigration.linux;

/**
 * Identity and attributes of a file.
 *
 * @param dev device that holds it, as {@code major << 32 | minor}
 * @param ino inode number
 * @param mode type and permission bits
 * @param size in bytes
 * @param mtimeNanos last change of content, in nanoseconds since the epoch
 * @param ctimeNanos last change of attributes, in nanoseconds since the epoch
 * @param rdev device that it is, as {@code major << 32 | minor}; 0 unless a device
 * @param uid owner
 * @param gid group
 * @param links number of names; 0 for a deleted file
 * @param blockBytes size of its blocks, which in hugetlbfs are its pages
 * @param allocatedBytes memory or disk space that it takes
 * @see <a href="https://man7.org/linux/man-pages/man2/statx.2.html">statx(2)</a>
 */
public record FileStat(
    long dev,
    long ino,
    int mode,
    long size,
    long mtimeNanos,
    long ctimeNanos,
    long rdev,
    int uid,
    int gid,
    int links,
    int blockBytes,
    long allocatedBytes) {
  /** Mask of the type in {@link #mode}. */
  public static final int TYPE_MASK = 0xf000;

  /** Type: socket. */
  public static final int TYPE_SOCKET = 0xc000;

  /** Type: symbolic link. */
  public static final int TYPE_LINK = 0xa000;

  /** Type: regular file. */
  public static final int TYPE_REGULAR = 0x8000;

  /** Type: block device. */
  public static final int TYPE_BLOCK = 0x6000;

  /** Type: directory. */
  public static final int TYPE_DIRECTORY = 0x4000;

  /** Type: character device. */
  public static final int TYPE_CHARACTER = 0x2000;

  /** Type: pipe. */
  public static final int TYPE_FIFO = 0x1000;

  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_EMPTY_PATH = 0x1000;
  private static final int BASIC_STATS = 0x7ff;

  // struct statx: 4 u32 blksize; 16 u32 nlink; 20 u32 uid; 24 u32 gid; 28 u16 mode; 32 u64 ino; 40
  // u64 size; 48
  // u64 blocks; 96 ctime; 112 mtime;
  // 128 u32 rdev major, minor; 136 u32 dev major, minor. A time is 0 s64 seconds; 8 u32
  // nanoseconds.
  private static final int SECTOR_BYTES = 512;
  private static final int CTIME = 96;
  private static final int MTIME = 112;
  private static final int RDEV = 128;
  private static final int DEV = 136;

  /** Look at a path; a link is followed. */
  public static FileStat of(String path) {
    return statx(AT_FDCWD, path, 0);
  }

  /** Look at a path; a link is not followed. */
  public static FileStat ofLink(String path) {
    return statx(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
  }

  /** Look at an open file. */
  public static FileStat of(OwnedFd fd) {
    return statx(fd.number(), "", AT_EMPTY_PATH);
  }

  /** The type, one of the {@code TYPE_} constants. */
  public int type() {
    return mode & TYPE_MASK;
  }

  /** Whether it is a regular file. */
  public boolean isRegular() {
    return type() == TYPE_REGULAR;
  }

  /** Whether it is a directory. */
  public boolean isDirectory() {
    return type() == TYPE_DIRECTORY;
  }

  /** Major number of the device that holds it. */
  public int devMajor() {
    return (int) (dev >>> 32);
  }

  /** Minor number of the device that holds it. */
  public int devMinor() {
    return (int) dev;
  }

  /** Major number of the device that it is. */
  public int rdevMajor() {
    return (int) (rdev >>> 32);
  }

  /** Minor number of the device that it is. */
  public int rdevMinor() {
    return (int) rdev;
  }

  private static FileStat statx(int directory, String path, int flags) {
    NativeBuffer stat = Scratch.get();
    byte[] name = LibC.cString(path);
    if (LibC.syscall(X8664.STATX, directory, name, flags, BASIC_STATS, stat.address()) < 0) {
      throw LibC.failure("statx(" + (path.isEmpty() ? "fd " + directory : path) + ")");
    }
    return new FileStat(
        device(stat, DEV),
        stat.getLong(32),
        stat.getShort(28) & 0xffff,
        stat.getLong(40),
        time(stat, MTIME),
        time(stat, CTIME),
        device(stat, RDEV),
        stat.getInt(20),
        stat.getInt(24),
        stat.getInt(16),
        stat.getInt(4),
        stat.getLong(48) * SECTOR_BYTES);
  }

  private static long device(NativeBuffer stat, int offset) {
    return (long) stat.getInt(offset) << 32 | stat.getInt(offset + 4);
  }

  private static long time(NativeBuffer stat, int offset) {
    return stat.getLong(offset) * 1_000_000_000L + stat.getInt(offset + 8);
  }
}
