package io.github.livemigration.linux;

import java.lang.ref.Reference;

/**
 * Counts the system calls of one thread as they return, so also those that had begun before.
 *
 * <p>While there is a counter, every system call of the host takes a slower way into the kernel and
 * out of it. When the last one is closed, the caller waits some milliseconds for the kernel.
 *
 * @see <a
 *     href="https://man7.org/linux/man-pages/man2/perf_event_open.2.html">perf_event_open(2)</a>
 */
public final class CallCounter implements AutoCloseable {
  private static final int PERF_TYPE_TRACEPOINT = 2;
  private static final long PERF_FLAG_FD_CLOEXEC = 8;
  private static final long IOC_ENABLE = Ioctl.plain('$', 0);
  private static final long IOC_SET_FILTER = Ioctl.write('$', 6, Long.BYTES);

  // struct perf_event_attr, first version:
  // 0 u32 type; 4 u32 size; 8 u64 config; 32 u64 read_format; 40 u64 flags
  private static final int ATTR_BYTES = 64;
  private static final long TOTAL_TIME_ENABLED_AND_RUNNING = 1 | 2;
  private static final long DISABLED = 1;

  /** What the read format gives: count, time enabled, time running. */
  private static final int COUNT_BYTES = 3 * Long.BYTES;

  private final OwnedFd fd;

  private CallCounter(OwnedFd fd) {
    this.fd = fd;
  }

  /**
   * Begin to count.
   *
   * @param tid in this process's PID namespace
   * @param filter which calls, in words of the kernel's event filters such as {@code id == 9}
   * @throws SystemCallException with ESRCH for a thread that has ended or is about to
   */
  public static CallCounter of(int tid, String filter) {
    NativeBuffer words = NativeBuffer.of(LibC.cString(filter));
    CallCounter counter = new CallCounter(open(tid, TraceFs.systemCallReturn()));
    try {
      counter.control(IOC_SET_FILTER, words.address(), "SET_FILTER");
      counter.control(IOC_ENABLE, 0, "ENABLE");
      return counter;
    } catch (SystemCallException e) {
      counter.close();
      throw e;
    } finally {
      Reference.reachabilityFence(words);
    }
  }

  private static OwnedFd open(int tid, long tracepoint) {
    NativeBuffer attributes = Scratch.get();
    attributes.clear(0, ATTR_BYTES);
    attributes.putInt(0, PERF_TYPE_TRACEPOINT);
    attributes.putInt(4, ATTR_BYTES);
    attributes.putLong(8, tracepoint);
    attributes.putLong(32, TOTAL_TIME_ENABLED_AND_RUNNING);
    attributes.putLong(40, DISABLED);
    FaultPoints.reach("perf_event_open");
    long fd =
        LibC.syscall(
            X8664.PERF_EVENT_OPEN, attributes.address(), tid, -1, -1, PERF_FLAG_FD_CLOEXEC, 0);
    if (fd < 0) {
      throw LibC.failure("perf_event_open(tracepoint " + tracepoint + ", tid " + tid + ")");
    }
    return OwnedFd.adopt((int) fd, "counter of calls of thread " + tid);
  }

  private void control(long request, long argument, String name) {
    if (Ioctl.call(fd.number(), request, argument) < 0) {
      throw LibC.failure("ioctl(" + fd + ", PERF_EVENT_IOC_" + name + ")");
    }
  }

  /** Returns whether it is certain that none of the calls has returned since. */
  public boolean hasNone() {
    NativeBuffer count = Scratch.get();
    return fd.read(count.address(), COUNT_BYTES) == COUNT_BYTES
        && count.getLong(0) == 0
        && count.getLong(8) == count.getLong(16);
  }

  @Override
  public void close() {
    fd.close();
  }
}
