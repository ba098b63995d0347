package io.github.livemigration.pages;

import io.github.livemigration.linux.EventFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Poll;
import io.github.livemigration.linux.ThreadPriority;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.StampedLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for messages of the kernel, for the end of the process and for the order to stop, in one
 * thread, until it is told to stop. So new memory is served, and layout changes are noted, also
 * when all pages are there.
 */
final class FaultLoop implements Runnable {
  /** What the loop tells. */
  interface Events {
    /** A turn is done: perhaps something is complete, overdue or in the way. */
    void turned();

    /** The process has ended; its address space may outlive it for a moment. */
    void processEnded();
  }

  private static final Logger LOG = LoggerFactory.getLogger(FaultLoop.class);
  private static final int TICK_MILLIS = 1000;
  private static final int RETRY_MILLIS = 1;
  private static final int WAKE_INDEX = 0;
  private static final int PROCESS_INDEX = 1;

  private final PostCopyState state;
  private final FaultHandler handler;
  private final EventFd wake;
  private final Pidfd process;
  private final Events events;
  private volatile boolean stopping;
  private boolean processEnded;

  FaultLoop(PostCopyState state, FaultHandler handler, EventFd wake, Pidfd process, Events events) {
    this.state = state;
    this.handler = handler;
    this.wake = wake;
    this.process = process;
    this.events = events;
  }

  /** End the loop after its current turn. */
  void stop() {
    stopping = true;
    wake.signal();
  }

  @Override
  public void run() {
    ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
    AddressSpace[] watched = {};
    Poll poll = new Poll();
    boolean watchingProcess = false;
    while (!stopping) {
      AddressSpace[] spaces = state.spaces();
      if (spaces != watched || watchingProcess == processEnded) {
        watched = spaces;
        watchingProcess = !processEnded;
        poll = pollOf(spaces);
      }
      poll.await(hasDeferred(spaces) ? RETRY_MILLIS : TICK_MILLIS);
      checkUsable(poll, spaces.length);
      if (poll.readable(WAKE_INDEX)) {
        wake.drain();
      }
      if (watchingProcess && poll.readable(PROCESS_INDEX)) {
        processEnded = true;
        events.processEnded();
      }
      try {
        handler.pump();
      } catch (IOException e) {
        // Who waits for answers on that connection reports its loss. By the time that this thread
        // did, there might be another one.
        LOG.debug("a question is kept until there is another connection", e);
      }
      closeFinishedChildren();
      events.turned();
    }
  }

  private Poll pollOf(AddressSpace[] spaces) {
    List<Integer> fds = new ArrayList<>();
    fds.add(wake.number());
    if (!processEnded) {
      fds.add(process.number());
    }
    for (AddressSpace space : spaces) {
      fds.add(space.userfault().number());
    }
    return new Poll(fds.stream().mapToInt(Integer::intValue).toArray());
  }

  private void checkUsable(Poll poll, int spaceCount) {
    int first = PROCESS_INDEX + (processEnded ? 0 : 1);
    for (int i = 0; i < spaceCount; i++) {
      if (poll.hungUp(first + i)) {
        throw new IllegalStateException("the userfaultfd is not open with O_NONBLOCK");
      }
    }
  }

  private boolean hasDeferred(AddressSpace[] spaces) {
    StampedLock lock = state.lock();
    long stamp = lock.readLock();
    try {
      for (AddressSpace space : spaces) {
        if (space.hasDeferred() && !space.isGone()) {
          return true;
        }
      }
      return false;
    } finally {
      lock.unlockRead(stamp);
    }
  }

  /**
   * Closing a child's descriptor ends its registration: right once nothing is missing there, and
   * not before.
   */
  void closeFinishedChildren() {
    AddressSpace[] spaces = state.spaces();
    if (spaces.length == 1) {
      return;
    }
    StampedLock lock = state.lock();
    long stamp = lock.writeLock();
    try {
      List<AddressSpace> finished = new ArrayList<>();
      List<AddressSpace> unfinished = new ArrayList<>();
      for (AddressSpace space : state.spaces()) {
        boolean done = space.isForked() && (space.isGone() || space.states().missingCount() == 0);
        (done ? finished : unfinished).add(space);
      }
      if (!finished.isEmpty()) {
        handler.forget(finished);
        state.spaces(unfinished.toArray(new AddressSpace[0]));
      }
    } finally {
      lock.unlockWrite(stamp);
    }
  }
}
