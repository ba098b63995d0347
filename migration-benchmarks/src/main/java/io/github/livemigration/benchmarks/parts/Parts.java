package io.github.livemigration.benchmarks.parts;

import io.github.livemigration.benchmarks.AnonymousMemory;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.linux.Installation;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.PageMapScan;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.WireException;

/**
 * The work of the parts, and for each the least that a computer must do for the same bytes: what is
 * told is the ratio of the two, which a busy or slow host does not change much.
 */
final class Parts implements AutoCloseable {
  private static final int PAGE_BYTES = 4096;
  private static final int PAGES_AT_ONCE = 32;
  private static final int CHUNK_BYTES = PAGES_AT_ONCE * PAGE_BYTES;
  private static final long MEMORY_BYTES = 8L << 20;

  private final CapturedProcess captured;
  private final RecordCodec<WholeImage> codec = RecordCodec.of(WholeImage.class);
  private final WholeImage image;
  private final byte[] encoded;
  private final PageMapScan pageMap = PageMapScan.open((int) ProcessHandle.current().pid());
  private final NativeBuffer chunk = NativeBuffer.allocate(CHUNK_BYTES);
  private final Installation installation = new Installation();
  private final AnonymousMemory plain = new AnonymousMemory(MEMORY_BYTES);
  private final AnonymousMemory missing = new AnonymousMemory(MEMORY_BYTES);
  private final UserfaultFd userfault = UserfaultFd.create(0);
  private long pagesFound;

  /** All that is sent of a frozen process, but for its pages. */
  record WholeImage(ProcessImage process, MemoryContents contents) {}

  Parts() throws Exception {
    captured = CapturedProcess.ofJvm();
    image = new WholeImage(captured.image(), captured.contents());
    encoded = codec.encode(image);
    userfault.api(0);
    userfault.register(missing.address(), MEMORY_BYTES, UserfaultFd.MODE_MISSING);
    chunk.putLong(0, 1);
  }

  byte[] encodeImage() throws WireException {
    return codec.encode(image);
  }

  WholeImage decodeImage() throws WireException {
    return codec.decode(encoded);
  }

  /** Baseline of the codec. */
  byte[] copyImage() {
    return encoded.clone();
  }

  int parseSmaps() {
    return MemoryMapParser.parse(captured.smaps()).size();
  }

  /** Baseline of the parser: look at every byte. */
  int countLines() {
    int lines = 0;
    for (byte letter : captured.smaps()) {
      if (letter == '\n') {
        lines++;
      }
    }
    return lines;
  }

  /** List the pages of 8 MiB, all of them present. */
  long scanPages() {
    pagesFound = 0;
    pageMap.scan(
        plain.address(),
        plain.address() + MEMORY_BYTES,
        0,
        PageMapScan.PRESENT,
        0,
        PageMapScan.PRESENT,
        (start, end, categories) -> pagesFound += (end - start) / PAGE_BYTES);
    return pagesFound;
  }

  /** Install 8 MiB of pages that are missing. */
  long installPages() {
    missing.forget();
    for (long offset = 0; offset < MEMORY_BYTES; offset += CHUNK_BYTES) {
      installation.copy(userfault, missing.address() + offset, chunk.address(), CHUNK_BYTES);
    }
    return installation.bytes();
  }

  /** Baseline of installing and scanning: fill the same memory by the kernel's ordinary faults. */
  long fillPages() {
    plain.forget();
    for (long offset = 0; offset < MEMORY_BYTES; offset += CHUNK_BYTES) {
      plain.copyIn(offset, chunk.address(), CHUNK_BYTES);
    }
    return MEMORY_BYTES;
  }

  @Override
  public void close() {
    pageMap.close();
    userfault.close();
    plain.close();
    missing.close();
  }
}
