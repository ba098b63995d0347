package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;

/** Memory that does not change and can be read page by page. */
@FunctionalInterface
public interface PageSource {

  /**
   * Read neighbouring pages.
   *
   * @param address of the first page
   * @param pageCount number of pages, which fit into the buffer
   * @param into receives them from its start
   * @return bytes read, which are all that were asked for
   * @throws io.github.livemigration.linux.SystemCallException when they cannot be read
   */
  int read(long address, int pageCount, NativeBuffer into);
}
