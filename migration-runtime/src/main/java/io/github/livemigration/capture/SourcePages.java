package io.github.livemigration.capture;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.pages.PageSource;

/**
 * The pages of a frozen process and of its memory objects, each by its address in the image.
 *
 * <p>Closing it gives up the objects; the memory is closed by whoever opened it.
 */
public final class SourcePages implements PageSource, AutoCloseable {
  private final ProcessMemory memory;
  private final ObjectTable objects;

  SourcePages(ProcessMemory memory, ObjectTable objects) {
    this.memory = memory;
    this.objects = objects;
  }

  @Override
  public int read(long address, int pageCount, NativeBuffer into) {
    if (objects.read(address, pageCount, into)) {
      return pageCount * AddressRange.PAGE_BYTES;
    }
    return memory.read(address, into.address(), pageCount * AddressRange.PAGE_BYTES);
  }

  @Override
  public void close() {
    objects.close();
  }
}
