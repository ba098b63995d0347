package io.github.livemigration.linux;

/**
 * A counter that wakes a {@link Poll}.
 *
 * <p>{@link #signal} is callable from any thread, {@link #drain} from one at a time.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/eventfd.2.html">eventfd(2)</a>
 */
public final class EventFd implements AutoCloseable {
  private static final int ONE = 0;
  private static final int COUNT = 8;

  private final NativeBuffer words = NativeBuffer.allocate(16);
  private final OwnedFd fd;

  private EventFd(OwnedFd fd) {
    this.fd = fd;
    words.putLong(ONE, 1);
  }

  /** Create one with the count 0, non-blocking. */
  public static EventFd create() {
    long fd = LibC.call(X8664.EVENTFD2, 0, OpenFlags.CLOEXEC | OpenFlags.NONBLOCK, 0);
    if (fd < 0) {
      throw LibC.failure("eventfd2(0)");
    }
    return new EventFd(OwnedFd.adopt((int) fd, "eventfd"));
  }

  /** Count one more; the descriptor becomes readable. */
  public void signal() {
    fd.write(words.address() + ONE, Long.BYTES);
  }

  /** Set the count to 0 and return what it was. */
  public long drain() {
    long result = fd.read(words.address() + COUNT, Long.BYTES);
    return result == OwnedFd.READ_WOULD_BLOCK ? 0 : words.getLong(COUNT);
  }

  /** The descriptor's number. */
  public int number() {
    return fd.number();
  }

  @Override
  public void close() {
    fd.close();
  }
}
