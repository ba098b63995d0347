package io.github.livemigration.linux;

import com.sun.jna.Pointer;

/** Anonymous private memory of this process that was never touched. */
final class Mapping implements AutoCloseable {
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_NOHUGEPAGE = 15;

  private final long address;
  private final long length;

  private Mapping(long address, long length) {
    this.address = address;
    this.length = length;
  }

  static Mapping ofPages(int count) {
    long length = (long) count * NativeBuffer.PAGE_SIZE;
    long address =
        LibC.syscall(X8664.MMAP, 0, length, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0);
    if (address < 0) {
      throw LibC.failure("mmap");
    }
    return new Mapping(address, length);
  }

  long page(int index) {
    return address + (long) index * NativeBuffer.PAGE_SIZE;
  }

  long length() {
    return length;
  }

  long read(int page) {
    return new Pointer(page(page)).getLong(0);
  }

  void write(int page, long value) {
    new Pointer(page(page)).setLong(0, value);
  }

  void protect(int protection) {
    check("mprotect", LibC.call(X8664.MPROTECT, address, length, protection));
  }

  /** Keep touching a page from populating its neighbours. */
  void withoutHugePages() {
    check("madvise", LibC.call(X8664.MADVISE, address, length, MADV_NOHUGEPAGE));
  }

  void drop(int page) {
    check("madvise", LibC.call(X8664.MADVISE, page(page), NativeBuffer.PAGE_SIZE, MADV_DONTNEED));
  }

  @Override
  public void close() {
    check("munmap", LibC.call(X8664.MUNMAP, address, length, 0));
  }

  private static void check(String call, long result) {
    if (result < 0) {
      throw LibC.failure(call);
    }
  }
}
