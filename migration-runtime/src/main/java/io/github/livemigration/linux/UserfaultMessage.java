package io.github.livemigration.linux;

/**
 * Reads the messages of a {@link UserfaultFd} where they lie; nothing is allocated.
 *
 * <pre>
 *          0      1        8            16          24
 * fault   | 0x12 | unused | flags      | address   | thread id (32 bits)
 * fork    | 0x13 | unused | descriptor of the child (32 bits)
 * remap   | 0x14 | unused | from       | to        | length
 * remove  | 0x15 | unused | start      | end
 * unmap   | 0x16 | unused | start      | end
 * </pre>
 *
 * <p>{@code index} counts messages from 0. The type decides which accessors mean something.
 */
public final class UserfaultMessage {
  /** Length of a message in bytes. */
  public static final int BYTES = 32;

  /** Type: a thread waits for a page. */
  public static final int FAULT = 0x12;

  /** Type: the process has forked; {@link #forkFd} serves the child. */
  public static final int FORK = 0x13;

  /** Type: a range has moved. */
  public static final int REMAP = 0x14;

  /**
   * Type: the pages of a range are dropped and will be missing again; the right content is then
   * zeros.
   */
  public static final int REMOVE = 0x15;

  /** Type: a range is gone. */
  public static final int UNMAP = 0x16;

  /** Fault flag: it was a write. */
  public static final long FAULT_WRITE = 1;

  /** Fault flag: it was a write to a protected page. */
  public static final long FAULT_WP = 1 << 1;

  /** Fault flag: the page is in the page cache and not mapped. */
  public static final long FAULT_MINOR = 1 << 2;

  /** Four bytes that the kernel does not use. */
  private static final int MARK = 4;

  private UserfaultMessage() {}

  /** Put a number of one's own into a message that was read. */
  public static void mark(NativeBuffer messages, int index, int number) {
    messages.putInt(index * BYTES + MARK, number);
  }

  /** Write a message of a type that the kernel does not use. */
  public static void put(NativeBuffer messages, int index, int type) {
    messages.putByte(index * BYTES, (byte) type);
  }

  /** Make a message one of type 0, which no message has. */
  public static void clear(NativeBuffer messages, int index) {
    messages.putLong(index * BYTES, 0);
  }

  /** The number that was put into a message; 0 where none was. */
  public static int mark(NativeBuffer messages, int index) {
    return messages.getInt(index * BYTES + MARK);
  }

  /** One of the type constants; others may come from newer kernels. */
  public static int type(NativeBuffer messages, int index) {
    return messages.getByte(index * BYTES) & 0xff;
  }

  /** {@code FAULT_} bits of a {@link #FAULT}. */
  public static long faultFlags(NativeBuffer messages, int index) {
    return messages.getLong(index * BYTES + 8);
  }

  /**
   * Address of a {@link #FAULT}, rounded down to the page unless exact addresses were asked for.
   */
  public static long faultAddress(NativeBuffer messages, int index) {
    return messages.getLong(index * BYTES + 16);
  }

  /** Thread of a {@link #FAULT}, if {@link UserfaultFd#FEATURE_THREAD_ID} was asked for. */
  public static int faultThread(NativeBuffer messages, int index) {
    return messages.getInt(index * BYTES + 24);
  }

  /** Descriptor in this process that serves the child of a {@link #FORK}; the caller owns it. */
  public static int forkFd(NativeBuffer messages, int index) {
    return messages.getInt(index * BYTES + 8);
  }

  /** Former start of the range of a {@link #REMAP}. */
  public static long remapFrom(NativeBuffer messages, int index) {
    return messages.getLong(index * BYTES + 8);
  }

  /** New start of the range of a {@link #REMAP}. */
  public static long remapTo(NativeBuffer messages, int index) {
    return messages.getLong(index * BYTES + 16);
  }

  /** Length in bytes of the range of a {@link #REMAP}. */
  public static long remapLength(NativeBuffer messages, int index) {
    return messages.getLong(index * BYTES + 24);
  }

  /** Start of the range of a {@link #REMOVE} or {@link #UNMAP}. */
  public static long removeStart(NativeBuffer messages, int index) {
    return messages.getLong(index * BYTES + 8);
  }

  /** End, exclusive, of the range of a {@link #REMOVE} or {@link #UNMAP}. */
  public static long removeEnd(NativeBuffer messages, int index) {
    return messages.getLong(index * BYTES + 16);
  }
}
