package io.github.livemigration.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Page-aligned memory outside the Java heap that keeps its address, little-endian.
 *
 * <p>It is zeroed at first and freed by the garbage collector, never while this object is
 * reachable: whoever hands {@link #address()} to the kernel keeps a reference to this object until
 * the kernel is done with it. All accessors check their bounds. No synchronization: threads share
 * it by agreement.
 */
public final class NativeBuffer {
  /** Size of a page in bytes, and the alignment of every buffer. */
  public static final int PAGE_SIZE = 4096;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(PAGE_SIZE);

  private final ByteBuffer memory;
  private final ByteBuffer view;
  private final long address;

  private NativeBuffer(ByteBuffer memory) {
    this.memory = memory.order(ByteOrder.LITTLE_ENDIAN);
    this.view = memory.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    this.address = Pointer.nativeValue(Native.getDirectBufferPointer(memory));
  }

  /**
   * Take zeroed memory.
   *
   * @param lengthBytes usable length, at least 1
   */
  public static NativeBuffer allocate(int lengthBytes) {
    if (lengthBytes < 1) {
      throw new IllegalArgumentException("lengthBytes must be at least 1, not " + lengthBytes);
    }
    ByteBuffer raw = ByteBuffer.allocateDirect(Math.addExact(lengthBytes, PAGE_SIZE - 1));
    int start =
        raw.alignmentOffset(0, PAGE_SIZE) == 0 ? 0 : PAGE_SIZE - raw.alignmentOffset(0, PAGE_SIZE);
    return new NativeBuffer(raw.slice(start, lengthBytes));
  }

  /** Take memory that holds the given bytes. */
  static NativeBuffer of(byte[] content) {
    NativeBuffer buffer = allocate(Math.max(1, content.length));
    buffer.put(0, content);
    return buffer;
  }

  /** Take memory that somebody else has mapped and unmaps. */
  static NativeBuffer of(Pointer mapped, int lengthBytes) {
    return new NativeBuffer(mapped.getByteBuffer(0, lengthBytes));
  }

  /** Address of the first byte. */
  public long address() {
    return address;
  }

  /**
   * The memory as a buffer for channels: always the same object, whose position and limit belong to
   * the caller and do not affect the accessors of this class.
   */
  public ByteBuffer bytes() {
    return view;
  }

  /** Returns whether a part of this buffer has the same bytes as one of another buffer. */
  public boolean isSame(int offset, NativeBuffer other, int otherOffset, int length) {
    Objects.checkFromIndexSize(offset, length, length());
    Objects.checkFromIndexSize(otherOffset, length, other.length());
    return LibC.memcmp(address + offset, other.address + otherOffset, length) == 0;
  }

  /** Usable length in bytes. */
  public int length() {
    return memory.capacity();
  }

  /** The 64-bit word at a byte offset. */
  public long getLong(int offset) {
    return memory.getLong(offset);
  }

  /** Set the 64-bit word at a byte offset. */
  public void putLong(int offset, long value) {
    memory.putLong(offset, value);
  }

  /** The 32-bit word at a byte offset. */
  public int getInt(int offset) {
    return memory.getInt(offset);
  }

  /** Set the 32-bit word at a byte offset. */
  public void putInt(int offset, int value) {
    memory.putInt(offset, value);
  }

  /** The 16-bit word at a byte offset. */
  public short getShort(int offset) {
    return memory.getShort(offset);
  }

  /** Set the 16-bit word at a byte offset. */
  public void putShort(int offset, short value) {
    memory.putShort(offset, value);
  }

  /** The byte at an offset. */
  public byte getByte(int offset) {
    return memory.get(offset);
  }

  /** Set the byte at an offset. */
  public void putByte(int offset, byte value) {
    memory.put(offset, value);
  }

  /**
   * Copy bytes out.
   *
   * @param offset first byte
   * @param length number of bytes
   */
  public byte[] copy(int offset, int length) {
    byte[] copy = new byte[length];
    memory.get(offset, copy);
    return copy;
  }

  /** Copy bytes out into a part of an array. */
  public void copyInto(int offset, byte[] destination, int destinationOffset, int length) {
    memory.get(offset, destination, destinationOffset, length);
  }

  /** Copy bytes in. */
  public void put(int offset, byte[] source) {
    memory.put(offset, source);
  }

  /** Copy a part of an array in. */
  public void put(int offset, byte[] source, int sourceOffset, int length) {
    memory.put(offset, source, sourceOffset, length);
  }

  /** Set bytes to zero. */
  public void clear(int offset, int length) {
    for (int done = 0; done < length; done += PAGE_SIZE) {
      memory.put(offset + done, ZEROS, 0, Math.min(PAGE_SIZE, length - done));
    }
  }
}
