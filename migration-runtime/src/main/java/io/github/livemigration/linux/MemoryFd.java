package io.github.livemigration.linux;

import java.lang.ref.Reference;

/**
 * An anonymous file in memory, closed on exec; it can be executed through {@link #path}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/memfd_create.2.html">memfd_create(2)</a>
 */
public final class MemoryFd implements AutoCloseable {
  private static final long CLOEXEC = 1;

  private final OwnedFd fd;

  private MemoryFd(OwnedFd fd) {
    this.fd = fd;
  }

  /**
   * Create an empty file.
   *
   * @param name shown after {@code /memfd:} in links; need not be unique
   */
  public static MemoryFd create(String name) {
    NativeBuffer text = NativeBuffer.of(LibC.cString(name));
    try {
      long fd = LibC.call(X8664.MEMFD_CREATE, text.address(), CLOEXEC, 0);
      if (fd < 0) {
        throw LibC.failure("memfd_create(" + name + ")");
      }
      return new MemoryFd(OwnedFd.adopt((int) fd, "memfd:" + name));
    } finally {
      Reference.reachabilityFence(text);
    }
  }

  /** Append all bytes. */
  public void write(byte[] content) {
    NativeBuffer memory = NativeBuffer.of(content);
    try {
      for (long done = 0; done < content.length; ) {
        done += fd.write(memory.address() + done, content.length - done);
      }
    } finally {
      Reference.reachabilityFence(memory);
    }
  }

  /** The descriptor, owned by this object. */
  public OwnedFd fd() {
    return fd;
  }

  /** The descriptor's number. */
  public int number() {
    return fd.number();
  }

  /**
   * A path to the file, also for a child that has not inherited the descriptor, while this object
   * is open.
   */
  public String path() {
    return "/proc/" + SelfProcess.pid() + "/fd/" + number();
  }

  @Override
  public void close() {
    fd.close();
  }
}
