package io.github.livemigration.image;

import java.util.List;
import java.util.regex.Pattern;

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
   * A file of the target's own directory in /proc.
   *
   * @param taskId of the process, or of one of its threads, whose directory the kernel shows under
   *     that id as well
   * @param name relative to the directory
   * @param flags of {@code open(2)} and {@code fcntl(2)}, without those that act only once
   * @param offsetBytes where the next read or write happens
   */
  record OwnProcessFile(int taskId, String name, int flags, long offsetBytes) implements OpenFile {
    private static final int O_NOFOLLOW = 0x20000;

    /** By them a name could lead anywhere: {@code root/etc}, {@code fd/3}, {@code ..}. */
    private static final Pattern LINK =
        Pattern.compile("(.*/)?(root|cwd|exe|(fd|map_files|ns)/[^/]+)");

    private static final Pattern WAY_OUT =
        Pattern.compile("/.*|(.*/)?((root|cwd|exe|(fd|map_files|ns)/[^/]+)/.*|\\.\\.(/.*)?)");

    public OwnProcessFile {
      boolean follows = (flags & O_NOFOLLOW) == 0 && LINK.matcher(name).matches();
      if (taskId <= 0 || follows || WAY_OUT.matcher(name).matches() || offsetBytes < 0) {
        throw new IllegalArgumentException(
            "file of the process " + taskId + "/" + name + " at " + offsetBytes);
      }
    }
  }

  /**
   * A memory file, or a deleted file, that has no name to open it by.
   *
   * @param objectIndex position in {@link MemoryImage#objects()}
   * @param flags of {@code open(2)} and {@code fcntl(2)}, without those that act only once
   * @param offsetBytes where the next read or write happens
   */
  record ObjectFile(int objectIndex, int flags, long offsetBytes) implements OpenFile {
    public ObjectFile {
      if (objectIndex < 0 || offsetBytes < 0) {
        throw new IllegalArgumentException("memory object " + objectIndex + " at " + offsetBytes);
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
   * A counter of {@code eventfd(2)}.
   *
   * @param count unsigned, less than 2^64 - 1
   * @param semaphore whether a read takes one instead of all
   * @param flags {@code O_NONBLOCK}
   */
  record EventCounter(long count, boolean semaphore, int flags) implements OpenFile {
    public EventCounter {
      if (count == -1) {
        throw new IllegalArgumentException("count of an eventfd: " + Long.toUnsignedString(count));
      }
    }
  }

  /**
   * A set of signals to be read, of {@code signalfd(2)}.
   *
   * @param mask the signals, one bit each, signal 1 lowest
   * @param flags {@code O_NONBLOCK}
   */
  record SignalReader(long mask, int flags) implements OpenFile {}

  /**
   * A timer of {@code timerfd_create(2)}.
   *
   * @param clock that it follows, by number
   * @param expirations that were not read yet, besides those since the expiry
   * @param expiryNanos when it expires, or has expired without being read, as its clock shows it;
   *     in how much time if it does not follow changes of the clock; 0 for a disarmed timer
   * @param intervalNanos after which it expires again; 0 for once
   * @param settingFlags {@code TFD_TIMER_ABSTIME}, {@code TFD_TIMER_CANCEL_ON_SET}
   * @param flags {@code O_NONBLOCK}
   */
  record ExpirationTimer(
      int clock,
      long expirations,
      long expiryNanos,
      long intervalNanos,
      int settingFlags,
      int flags)
      implements OpenFile {
    /** {@code TFD_TIMER_ABSTIME}: the expiry is a time of the clock. */
    public static final int ABSOLUTE = 1;

    public ExpirationTimer {
      if (expirations < 0 || expiryNanos < 0 || intervalNanos < 0) {
        throw new IllegalArgumentException(
            "timer descriptor with expiry %d, interval %d and %d expirations"
                .formatted(expiryNanos, intervalNanos, expirations));
      }
    }
  }

  /**
   * An instance of {@code epoll(7)}.
   *
   * @param watches its interest list
   */
  record EventPoll(List<Watch> watches) implements OpenFile {
    public EventPoll {
      watches = List.copyOf(watches);
    }
  }

  /**
   * An entry of an interest list.
   *
   * @param number of the descriptor when it was added; it may be closed or another file by now
   * @param fileIndex position of the watched file in {@link DescriptorTable#files()}
   * @param events asked for
   * @param data that comes with each event
   */
  record Watch(int number, int fileIndex, int events, long data) {
    private static final int SWITCHES = 0b1111 << 28;

    public Watch {
      Descriptor.check(number);
    }

    /** Whether it is asked for nothing, as after the event of {@code EPOLLONESHOT}. */
    public boolean isDisabled() {
      return (events & ~SWITCHES) == 0;
    }
  }

  /**
   * An instance of {@code inotify(7)}, whose events have all been read.
   *
   * @param watched by ascending number
   * @param flags {@code O_NONBLOCK}
   */
  record FileWatcher(List<WatchedFile> watched, int flags) implements OpenFile {
    /** Highest number of a watch; those below it that are not in use are used up one by one. */
    public static final int MOST_NUMBERS = 2_000;

    public FileWatcher {
      watched = List.copyOf(watched);
      int last = 0;
      for (WatchedFile file : watched) {
        if (file.number() <= last || file.number() > MOST_NUMBERS) {
          throw new IllegalArgumentException("watch " + file.number() + " after " + last);
        }
        last = file.number();
      }
    }
  }

  /**
   * A file that is watched by inotify.
   *
   * @param number of the watch
   * @param path absolute
   * @param mask of the events asked for, with {@code IN_ONESHOT} and {@code IN_EXCL_UNLINK}
   */
  record WatchedFile(int number, String path, int mask) {
    public WatchedFile {
      if (!path.startsWith("/") || mask == 0) {
        throw new IllegalArgumentException("watch of " + path + " for " + mask);
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
      check(number);
    }

    private static void check(int number) {
      if (number < 0 || number >= 1 << 20) {
        throw new IllegalArgumentException("descriptor " + number);
      }
    }
  }
}
