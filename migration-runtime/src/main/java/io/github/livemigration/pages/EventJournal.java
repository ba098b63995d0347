package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.UserfaultMessage;
import java.lang.invoke.VarHandle;

/**
 * The messages of the kernel as they are read, and all those that have changed which pages belong
 * where.
 *
 * <p>In memory that outlives this process they let another one find out what belongs where. The
 * kernel lets the process run on when a message is read, so what it says has to be kept at that
 * very moment: it is read to where it stays. Those that do not matter later are cleared afterwards,
 * and the others are counted.
 *
 * <pre>
 *   | count | address space being read | whether there was no room | ... | messages ...
 *                                                                          0 to count: kept
 *                                                                          behind: being handled, or zeros
 * </pre>
 *
 * <p>Used by one thread at a time.
 */
public final class EventJournal {
  /** Messages that are read at once. */
  static final int BATCH = 16;

  /** Usual length in bytes of memory that outlives this process; what is not used takes none. */
  public static final int LENGTH_BYTES = 16 << 20;

  private static final int COUNT = 0;
  private static final int SPACE = 8;
  private static final int OVERFLOW = 16;
  private static final int FIRST = NativeBuffer.PAGE_SIZE / UserfaultMessage.BYTES;

  private final NativeBuffer memory;
  private final int capacity;
  private final boolean kept;
  private final boolean continued;

  private EventJournal(NativeBuffer memory, boolean kept, boolean continued) {
    this.memory = memory;
    this.capacity = memory.length() / UserfaultMessage.BYTES - FIRST;
    this.kept = kept;
    this.continued = continued;
  }

  /** Returns one that nobody else will read. */
  static EventJournal forgetful() {
    int bytes = NativeBuffer.PAGE_SIZE + BATCH * UserfaultMessage.BYTES;
    return new EventJournal(NativeBuffer.allocate(bytes), false, false);
  }

  /** Begin one in memory of zeros that outlives this process. */
  public static EventJournal begin(NativeBuffer memory) {
    return new EventJournal(memory, true, false);
  }

  /** Go on with one that another process has begun. */
  public static EventJournal continuing(NativeBuffer memory) {
    return new EventJournal(memory, true, true);
  }

  /** Returns whether another process has begun it. */
  boolean isContinued() {
    return continued;
  }

  /** Returns whether something was not kept because there was no room. */
  boolean hasOverflown() {
    return memory.getLong(OVERFLOW) != 0;
  }

  /** Where messages are read to; indexes count from {@link #first}. */
  NativeBuffer memory() {
    return memory;
  }

  /** Index of the first message that is being handled. */
  int first() {
    return FIRST + count();
  }

  private int count() {
    return (int) Math.max(0, Math.min(memory.getLong(COUNT), capacity - BATCH));
  }

  /**
   * Read messages, from {@link #first} on; {@link #handled} has to follow.
   *
   * @param space number of the address space
   * @return how many
   */
  int read(UserfaultFd userfault, int space) {
    memory.putLong(SPACE, space);
    touch();
    return userfault.readMessages(memory, first(), BATCH);
  }

  /** The kernel must not have to look for memory while it writes messages. */
  private void touch() {
    int start = first() * UserfaultMessage.BYTES;
    memory.putByte(start, (byte) 0);
    memory.putByte(start + BATCH * UserfaultMessage.BYTES - 1, (byte) 0);
  }

  /**
   * Note that messages were handled.
   *
   * @param count how many
   * @param matter whether they have to be kept
   */
  void handled(int count, boolean matter) {
    if (!kept) {
      return;
    }
    if (matter && count() + count <= capacity - BATCH) {
      int space = (int) memory.getLong(SPACE);
      for (int i = 0; i < count; i++) {
        UserfaultMessage.mark(memory, first() + i, space);
      }
      VarHandle.releaseFence();
      memory.putLong(COUNT, (long) count() + count);
      return;
    }
    if (matter) {
      memory.putLong(OVERFLOW, 1);
    }
    for (int i = 0; i < count; i++) {
      UserfaultMessage.clear(memory, first() + i);
    }
  }

  /** Receives what was kept. */
  @FunctionalInterface
  interface Reader {
    /**
     * Take a message.
     *
     * @param index of the message in {@link #memory}
     * @param space number of the address space that it is about
     */
    void accept(int index, int space);
  }

  /** Hand out everything that was read, in order; what was being handled is handled after that. */
  void replay(Reader reader) {
    int count = count();
    for (int i = 0; i < count; i++) {
      reader.accept(FIRST + i, UserfaultMessage.mark(memory, FIRST + i));
    }
    int unhandled = 0;
    while (unhandled < BATCH && UserfaultMessage.type(memory, first() + unhandled) != 0) {
      reader.accept(first() + unhandled, (int) memory.getLong(SPACE));
      unhandled++;
    }
    handled(unhandled, unhandled > 0);
  }
}
