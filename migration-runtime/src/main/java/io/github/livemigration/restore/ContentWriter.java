package io.github.livemigration.restore;

import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.MemoryObject;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FileSeals;
import io.github.livemigration.linux.FileView;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.TransferBuffer;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * Writes content that has to be there before the process runs: to its memory, or to a memory object
 * by the range that stands for it. To be used by one thread.
 */
public final class ContentWriter {
  private final ProcessMemory memory;
  private final NavigableMap<Long, OpenObject> objects = new TreeMap<>();

  private record OpenObject(MemoryObject object, OwnedFd file, Optional<FileView> view) {
    long end() {
      return object.range().endAddress();
    }

    void close() {
      view.ifPresent(FileView::close);
      file.close();
    }
  }

  /**
   * Prepare to write.
   *
   * @param taking takes the descriptor of an object, by index
   */
  ContentWriter(ProcessMemory memory, MemoryImage image, IntFunction<OwnedFd> taking) {
    this.memory = memory;
    for (int index = 0; index < image.objects().size(); index++) {
      MemoryObject object = image.objects().get(index);
      objects.put(object.address(), open(object, taking.apply(index)));
    }
  }

  /** Files of huge pages cannot be written to, but by mapping them. */
  private static OpenObject open(MemoryObject object, OwnedFd file) {
    return new OpenObject(
        object,
        file,
        object.hasHugePages() && object.lengthBytes() > 0
            ? Optional.of(new FileView(file, object.lengthBytes()))
            : Optional.empty());
  }

  private static boolean isSealed(MemoryObject object) {
    return object.seals() != 0 && object.seals() != MemoryObject.F_SEAL_SEAL;
  }

  /** Write what came with the image. */
  void write(PageContents contents) {
    NativeBuffer buffer = TransferBuffer.get();
    byte[] bytes = contents.bytes();
    for (int done = 0; done < bytes.length; ) {
      int count = Math.min(TransferBuffer.LENGTH, bytes.length - done);
      buffer.put(0, bytes, done, count);
      write(contents.startAddress() + done, buffer.address(), count);
      done += count;
    }
  }

  /**
   * Write whole pages.
   *
   * @param address as the image names them
   * @param local where their bytes are in this process
   * @param lengthBytes of the pages
   */
  public void write(long address, long local, int lengthBytes) {
    Map.Entry<Long, OpenObject> before = objects.floorEntry(address);
    if (before != null && address < before.getValue().end()) {
      write(before.getValue(), address - before.getKey(), local, lengthBytes);
    } else {
      memory.write(address, local, lengthBytes);
    }
  }

  private static void write(OpenObject into, long offset, long local, int lengthBytes) {
    if (into.view().isPresent()) {
      into.view().get().write(offset, local, lengthBytes);
      return;
    }
    long end = Math.min(offset + lengthBytes, into.object().lengthBytes());
    for (long place = offset; place < end; ) {
      long count = into.file().pwrite(local + (place - offset), end - place, place);
      if (count == 0) {
        throw new SystemCallException("pwrite(" + into.file() + ")", Errno.EIO);
      }
      place += count;
    }
  }

  /** Seal what was sealed, and give up the objects. */
  public void finish() {
    for (OpenObject open : objects.values()) {
      if (isSealed(open.object())) {
        open.view().ifPresent(FileView::close); // Some seals want that nobody could write.
        FileSeals.add(open.file(), open.object().seals());
      }
    }
    close();
  }

  void close() {
    objects.values().forEach(OpenObject::close);
  }
}
