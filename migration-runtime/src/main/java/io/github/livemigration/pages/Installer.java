package io.github.livemigration.pages;

import io.github.livemigration.linux.Installation;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.StampedLock;

/**
 * Receives answers over one connection and installs their pages where they are missing, in the
 * process and in children that it has forked. Used by one thread. Pages go from the socket into a
 * buffer and from there into the process; nothing is allocated.
 */
final class Installer {
  private static final int PAGE_BYTES = PageRun.PAGE_BYTES;

  /** Faults are not read while pages are installed: a few microseconds for so many. */
  private static final int PAGES_PER_LOCK = 32;

  private static final int SPINS = 20;
  private static final long PAUSE_NANOS = TimeUnit.MICROSECONDS.toNanos(20);

  private final PostCopyState state;
  private final FaultHandler faults;
  private final RequestLine line;
  private final PageKind kind;
  private final Installation installation = new Installation();
  private final ByteBuffer replyHeader = ByteBuffer.allocateDirect(PageFrames.REPLY_HEADER_BYTES);
  private final PageChecksum checksum = new PageChecksum();

  /**
   * Prepare to install.
   *
   * @param line whose answers these are
   * @param kind what to count the pages as
   */
  Installer(PostCopyState state, FaultHandler faults, RequestLine line, PageKind kind) {
    this.state = state;
    this.faults = faults;
    this.line = line;
    this.kind = kind;
  }

  /** What was received so far; read it when this thread has come to rest. */
  PageChecksum checksum() {
    return checksum;
  }

  /** Wait for the next answer, install its pages and send the next questions. */
  void installAnswer() throws IOException {
    FrameChannel channel = line.channel();
    channel.receiveHeader(FrameType.PAGES);
    long request = line.oldest();
    int index = RequestLine.indexOf(request);
    int count = RequestLine.countOf(request);
    replyHeader.clear();
    channel.receivePayload(replyHeader);
    int bodyBytes = channel.payloadRemaining();
    long zeroMask =
        PageFrames.checkReply(replyHeader, bodyBytes, state.pages().addressOf(index), count);
    PageBuffer buffer = PageBuffer.ofThisThread();
    ByteBuffer bytes = buffer.memory().bytes();
    bytes.clear().limit(bodyBytes);
    channel.receivePayload(bytes);
    bytes.clear();
    // A call takes longer than to copy a few pages. And the kernel shares its page of zeros until
    // it is written, which then costs the process a fault, and its processors a flush.
    long longZeros = ZeroPages.longRuns(zeroMask);
    buffer.spread(count, zeroMask, longZeros);
    install(index, count, zeroMask, longZeros, buffer.memory().address());
    state.addPageBytes(bodyBytes);
    note(index, count, zeroMask, bytes);
    line.answered();
    line.flush();
  }

  private void install(int index, int count, long zeroMask, long longZeros, long body)
      throws IOException {
    int page = 0;
    while (page < count) {
      boolean zeros = (longZeros >>> page & 1) != 0;
      int end = page + 1;
      // A thread waits for the first page of a demand; its neighbours must not keep it.
      int most = page == 0 && kind == PageKind.DEMAND ? 1 : PAGES_PER_LOCK;
      while (end < count && end - page < most && (longZeros >>> end & 1) != 0 == zeros) {
        end++;
      }
      long source = zeros ? 0 : body + (long) page * PAGE_BYTES;
      installNeighbours(index + page, end - page, source, zeroMask >>> page);
      if (kind == PageKind.PUSHED) {
        ThreadPriority.giveWay();
      }
      page = end;
    }
  }

  /**
   * Install neighbouring pages in all address spaces.
   *
   * @param source address of their bytes in this process; 0 where all are zeros
   * @param zeroMask of those that are to be counted as zeros
   */
  private void installNeighbours(int index, int count, long source, long zeroMask)
      throws IOException {
    int attempts = 0;
    while (!tryInstall(index, count, source, zeroMask)) {
      if (faults.pump() > 0) {
        attempts = 0;
      } else {
        // The event is read, but its thread has not come back from the kernel yet.
        attempts++;
        if (attempts < SPINS) {
          Thread.onSpinWait();
        } else {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }

  private boolean tryInstall(int index, int count, long source, long zeroMask) {
    StampedLock lock = state.lock();
    long stamp = lock.readLock();
    try {
      boolean done = true;
      for (AddressSpace space : state.spaces()) {
        done &= space.isGone() || tryInstall(space, index, count, source, zeroMask);
      }
      return done;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /** Returns whether all pages are settled; otherwise events have to be read first. */
  private boolean tryInstall(AddressSpace space, int index, int count, long source, long zeroMask) {
    int most = count;
    int page = 0;
    while (page < count) {
      page = space.states().firstMissing(index + page, index + count) - index;
      if (page == count) {
        return true;
      }
      long destination = destinationOf(space, index + page);
      if (destination == Translation.NONE) {
        state.settle(space, index + page, 1, PageKind.DROPPED);
        page++;
        continue;
      }
      int length = lengthOfRun(space, index + page, Math.min(most, count - page), destination);
      long lengthBytes = (long) length * PAGE_BYTES;
      long from = source == 0 ? 0 : source + (long) page * PAGE_BYTES;
      call(space, destination, from, lengthBytes);
      if (installation.outcome() == Installation.Outcome.RANGE_GONE && length == 1) {
        // 1. The kernel sees that no change of layout is under way. 2. The process moves the range.
        // 3. The kernel looks for
        // the range: gone. Asked again, it sees the change, because nobody reads events while the
        // lock is held.
        call(space, destination, from, lengthBytes);
      }
      int installed = (int) (installation.bytes() / PAGE_BYTES);
      settle(space, index + page, installed, zeroMask >>> page);
      page += installed;
      most = count;
      switch (installation.outcome()) {
        case DONE -> {}
        case PRESENT -> {
          settle(space, index + page, 1, zeroMask >>> page);
          space.wakePage(destination + (long) installed * PAGE_BYTES);
          page++;
        }
        case RETRY -> {
          return false;
        }
        case RANGE_GONE -> {
          if (length > 1) {
            // All of it has to lie in one mapping: smaller pieces find where one ends.
            most = Math.max(1, (length - installed) / 2);
          } else {
            state.settle(space, index + page, 1, PageKind.DROPPED);
            space.wakePage(destination + (long) installed * PAGE_BYTES);
            page++;
          }
        }
        case PROCESS_GONE -> {
          state.dropAll(space);
          return true;
        }
      }
    }
    return true;
  }

  private void settle(AddressSpace space, int index, int count, long zeroMask) {
    int page = 0;
    while (page < count) {
      long rest = zeroMask >>> page;
      boolean zero = (rest & 1) != 0;
      int alike = Math.min(count - page, Long.numberOfTrailingZeros(zero ? ~rest : rest));
      state.settle(space, index + page, alike, zero ? PageKind.ZERO : kind);
      page += alike;
    }
  }

  private void call(AddressSpace space, long destination, long source, long lengthBytes) {
    state.beforeInstallation();
    if (source == 0) {
      installation.zero(space.userfault(), destination, lengthBytes);
    } else {
      installation.copy(space.userfault(), destination, source, lengthBytes);
    }
  }

  private long destinationOf(AddressSpace space, int index) {
    return space.translation().toDestination(state.pages().addressOf(index));
  }

  /** Returns how many missing pages lie side by side at the destination. */
  private int lengthOfRun(AddressSpace space, int index, int most, long destination) {
    // The other connection's installer may have brought the first one in this moment.
    int missing = Math.max(1, space.states().firstSettled(index, index + most) - index);
    if (space.translation().isIdentity()) {
      return missing;
    }
    int length = 1;
    while (length < missing
        && destinationOf(space, index + length) == destination + (long) length * PAGE_BYTES) {
      length++;
    }
    return length;
  }

  /** Note which pages have come, and put those that come for the first time into the checksum. */
  private void note(int index, int count, long zeroMask, ByteBuffer bytes) {
    if (!state.verify()) {
      state.countReceived(state.receive(index, count));
      return;
    }
    int first = 0;
    for (int i = 0; i < count; i++) {
      boolean zero = (zeroMask >>> i & 1) != 0;
      if (state.receive(index + i, 1) > 0) {
        first++;
        long address = state.pages().addressOf(index + i);
        if (zero) {
          checksum.addZero(address);
        } else {
          bytes.limit((i + 1) * PAGE_BYTES).position(i * PAGE_BYTES);
          checksum.add(address, bytes);
        }
      }
    }
    bytes.clear();
    state.countReceived(first);
  }
}
