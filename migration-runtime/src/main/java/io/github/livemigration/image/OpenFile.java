package io.github.livemigration.image;

import java.util.List;

/** An open file description of the target: what {@code open(2)} made, shared by its descriptors. */
public sealed interface OpenFile {

  /**
   * One of the standard streams of the receiver itself.
   *
   * @param stream 0, 1 or 2
   */
  record ReceiverStream(int stream) implements OpenFile {
    public ReceiverStream {
      if (stream < 0 || stream > 2) {
        throw new IllegalArgumentException("standard stream " + stream);
      }
    }
  }

  /**
   * A regular file, a directory or a device without state, opened again by its path.
   *
   * @param path absolute
   * @param flags of {@code open(2)} and {@code fcntl(2)}, without those that act only once
   * @param offsetBytes where the next read or write happens
   */
  record ReopenedPath(String path, int flags, long offsetBytes) implements OpenFile {
    public ReopenedPath {
      if (!path.startsWith("/") || offsetBytes < 0) {
        throw new IllegalArgumentException("open file " + path + " at " + offsetBytes);
      }
    }
  }

  /**
   * One end of a pipe that only the target itself holds.
   *
   * @param pipeIndex position in {@link DescriptorTable#pipes()}
   * @param writeEnd which end
   * @param flags {@code O_NONBLOCK}, {@code O_DIRECT}
   */
  record PipeEnd(int pipeIndex, boolean writeEnd, int flags) implements OpenFile {}

  /**
   * A pipe between the target's own threads.
   *
   * @param capacityBytes as {@code F_GETPIPE_SZ} gives it
   * @param queued bytes written and not yet read
   */
  record Pipe(int capacityBytes, byte[] queued) {
    public Pipe {
      if (capacityBytes < queued.length) {
        throw new IllegalArgumentException(
            "pipe of " + capacityBytes + " bytes holds " + queued.length);
      }
    }
  }

  /**
   * Descriptors that share one open file description.
   *
   * @param file the description
   * @param descriptors at least one
   */
  record Shared(OpenFile file, List<Descriptor> descriptors) {
    public Shared {
      descriptors = List.copyOf(descriptors);
      if (descriptors.isEmpty()) {
        throw new IllegalArgumentException("an open file without a descriptor");
      }
    }
  }

  /**
   * A descriptor.
   *
   * @param number 0 to 1,048,575
   * @param closeOnExec {@code FD_CLOEXEC}
   */
  record Descriptor(int number, boolean closeOnExec) {
    public Descriptor {
      if (number < 0 || number >= 1 << 20) {
        throw new IllegalArgumentException("descriptor " + number);
      }
    }
  }
}
