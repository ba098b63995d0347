package io.github.livemigration.linux;

/** In place of the kernel's: it is there for as long as somebody knows it. */
public final class MappedMemory implements AutoCloseable {
  private final NativeBuffer memory;

  /** Map zeros. */
  public MappedMemory(int lengthBytes) {
    memory = NativeBuffer.allocate(lengthBytes);
  }

  /** Returns the memory. */
  public NativeBuffer buffer() {
    return memory;
  }

  @Override
  public void close() {
    // Others have it as well.
  }
}
