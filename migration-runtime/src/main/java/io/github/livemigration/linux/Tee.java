package io.github.livemigration.linux;

import java.util.Arrays;

/**
 * Copies what is queued in a pipe without taking it out.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/tee.2.html">tee(2)</a>
 */
public final class Tee {
  private static final int SPLICE_F_NONBLOCK = 2;

  private Tee() {}

  /**
   * Copy all queued bytes; the pipe stays as it is. Nobody may read or write it meanwhile.
   *
   * @param readEnd read end of the pipe
   * @throws SystemCallException with EPERM when the pipe is larger than this process may make one
   * @throws IllegalStateException when the queue changed during the copy
   */
  public static byte[] copyPipe(OwnedFd readEnd) {
    int queued = Pipes.queuedBytes(readEnd);
    if (queued == 0) {
      return new byte[0];
    }
    try (Pipes.Pipe copy = Pipes.create()) {
      // tee() copies references to buffers, one a slot: our pipe needs as many slots as the other
      // has.
      Pipes.setCapacity(copy.writeEnd(), Pipes.capacity(readEnd));
      long count =
          LibC.tee(
              readEnd.number(), copy.writeEnd().number(), Integer.MAX_VALUE, SPLICE_F_NONBLOCK);
      if (count < 0) {
        throw LibC.failure("tee(" + readEnd + ")");
      }
      if (count != queued) {
        throw new IllegalStateException(
            "tee("
                + readEnd
                + ") copied "
                + count
                + " bytes of "
                + queued
                + ": the queue changed meanwhile");
      }
      return drain(copy.readEnd(), queued);
    }
  }

  private static byte[] drain(OwnedFd pipe, int length) {
    NativeBuffer memory = NativeBuffer.allocate(length);
    int done = 0;
    while (done < length) {
      int count = (int) pipe.read(memory.address() + done, length - done);
      if (count <= 0) {
        break;
      }
      done += count;
    }
    return Arrays.copyOf(memory.copy(0, length), done);
  }
}
