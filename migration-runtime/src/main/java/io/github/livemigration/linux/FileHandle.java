package io.github.livemigration.linux;

/**
 * What a file system finds one of its files by, whatever its name.
 *
 * @param type told by the file system
 * @param bytes told by the file system
 * @see <a href="https://man7.org/linux/man-pages/man2/open_by_handle_at.2.html">
 *     open_by_handle_at(2)</a>
 */
public record FileHandle(int type, byte[] bytes) {
  private static final int HEADER_BYTES = 2 * Integer.BYTES;

  /**
   * Open the file as {@code O_PATH} does.
   *
   * @param mount anything on the file system
   * @throws SystemCallException with ESTALE where there is no such file any more, EPERM without
   *     CAP_DAC_READ_SEARCH
   */
  public OwnedFd open(OwnedFd mount) {
    NativeBuffer handle = NativeBuffer.allocate(HEADER_BYTES + bytes.length);
    handle.putInt(0, bytes.length);
    handle.putInt(Integer.BYTES, type);
    handle.put(HEADER_BYTES, bytes);
    int flags = OpenFlags.PATH | OpenFlags.CLOEXEC;
    long fd = LibC.call(X8664.OPEN_BY_HANDLE_AT, mount.number(), handle.address(), flags);
    if (fd < 0) {
      throw LibC.failure("open_by_handle_at(" + mount + ")");
    }
    return OwnedFd.adopt((int) fd, "file by its handle on " + mount);
  }
}
