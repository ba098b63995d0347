package io.github.livemigration.pages;

import io.github.livemigration.linux.DescriptorQueue;
import io.github.livemigration.linux.MappedMemory;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.UserfaultMessage;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
 * <p>Children that the process forks have userfaultfds of their own, which have to outlive this
 * process like the memory: they are in a queue that others hold, too, until nothing is missing in
 * the child.
 *
 * <p>Used by one thread at a time.
 */
public final class EventJournal implements AutoCloseable {
  /** Type of a message of this journal's own: an address space has come to its end. */
  static final int FINISHED = 0xF0;

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
  private final @Nullable DescriptorQueue children;
  private final boolean continued;
  private final Runnable closing;
  private int queued;

  private EventJournal(
      NativeBuffer memory,
      @Nullable DescriptorQueue children,
      boolean continued,
      Runnable closing) {
    this.memory = memory;
    this.capacity = memory.length() / UserfaultMessage.BYTES - FIRST;
    this.children = children;
    this.continued = continued;
    this.closing = closing;
  }

  /** Returns one that nobody else will read. */
  static EventJournal forgetful() {
    int bytes = NativeBuffer.PAGE_SIZE + BATCH * UserfaultMessage.BYTES;
    return new EventJournal(NativeBuffer.allocate(bytes), null, false, () -> {});
  }

  /**
   * Begin one in memory of zeros, or go on with one that another process has begun.
   *
   * @param memory that outlives this process; closed with the journal
   * @param children empty or as that process has left it; closed with the journal
   */
  public static EventJournal in(MappedMemory memory, DescriptorQueue children, boolean continued) {
    return new EventJournal(memory.buffer(), children, continued, memory::close);
  }

  /** Begin one in memory of this process. */
  static EventJournal begin(NativeBuffer memory, DescriptorQueue children) {
    return new EventJournal(memory, children, false, () -> {});
  }

  /** Returns the same as another process would see it. */
  EventJournal continuation() {
    return new EventJournal(memory, children, true, closing);
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
    if (children == null) {
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
      overflow(children);
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

  /** Have a child's userfaultfd outlive this process, at once after its message was read. */
  void keep(AddressSpace child) {
    if (children == null || hasOverflown()) {
      return;
    }
    if (children.offer(child.number(), child.userfault().number())) {
      queued++;
    } else {
      overflow(children);
    }
  }

  /** Without room nobody can go on with this journal, so nothing must be left in the queue. */
  private void overflow(DescriptorQueue queue) {
    memory.putLong(OVERFLOW, 1);
    Optional<DescriptorQueue.Entry> entry = queue.poll();
    while (entry.isPresent()) {
      entry.get().descriptor().close();
      entry = queue.poll();
    }
    queued = 0;
  }

  /**
   * Note that children have come to their end. Their userfaultfds must not be kept any longer, as
   * faults would be told to nobody.
   *
   * @param all address spaces that are there
   */
  void forget(List<AddressSpace> finished, List<AddressSpace> all) {
    if (children == null || finished.isEmpty()) {
      return;
    }
    for (AddressSpace child : finished) {
      memory.putLong(SPACE, child.number());
      VarHandle.releaseFence();
      UserfaultMessage.put(memory, first(), FINISHED);
      handled(1, true);
    }
    int before = queued;
    queued = 0;
    for (AddressSpace child : all) {
      if (child.isForked() && !finished.contains(child)) {
        keep(child);
      }
    }
    for (int i = 0; i < before && !hasOverflown(); i++) {
      children.poll().ifPresent(entry -> entry.descriptor().close());
    }
  }

  /** Take the userfaultfds of children that another process has kept, by the children's numbers. */
  Map<Integer, UserfaultFd> takeChildren() {
    Map<Integer, UserfaultFd> taken = new HashMap<>();
    if (children == null) {
      return taken;
    }
    Optional<DescriptorQueue.Entry> entry = children.poll();
    while (entry.isPresent()) {
      UserfaultFd userfault = new UserfaultFd(entry.get().descriptor());
      UserfaultFd twice = taken.put(entry.get().number(), userfault);
      if (twice != null) {
        twice.close();
      }
      entry = children.poll();
    }
    return taken;
  }

  @Override
  public void close() {
    if (children != null) {
      children.close();
    }
    closing.run();
  }
}
