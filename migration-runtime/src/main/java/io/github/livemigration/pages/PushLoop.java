package io.github.livemigration.pages;

import io.github.livemigration.linux.ThreadPriority;
import java.io.IOException;
import java.util.concurrent.locks.StampedLock;
import java.util.function.BooleanSupplier;

/**
 * Asks for all pages that nobody has asked for and installs the answers, keeping a bounded number
 * of pages under way, until there is nothing left to ask for. Run by one thread at a time; another
 * one may go on after a lost connection.
 */
final class PushLoop {
  private final PostCopyState state;
  private final PushOrder order;
  private final RequestLine line;
  private final Installer installer;
  private final int windowPages;
  private final BooleanSupplier answered;
  private final PushOrder.Wanted wanted =
      new PushOrder.Wanted() {
        @Override
        public int first(int from, int end) {
          return state.firstWanted(from, end);
        }

        @Override
        public int endFrom(int from, int end) {
          return state.endOfWanted(from, end);
        }
      };

  /**
   * Prepare to push.
   *
   * @param windowPages most pages under way
   * @param answered told after each answer; returns whether to go on
   */
  PushLoop(
      PostCopyState state,
      PushOrder order,
      RequestLine line,
      Installer installer,
      int windowPages,
      BooleanSupplier answered) {
    this.state = state;
    this.order = order;
    this.line = line;
    this.installer = installer;
    this.windowPages = windowPages;
    this.answered = answered;
  }

  /** Push until all answers are there, on a thread that has nothing else to do. */
  void run() throws IOException {
    ThreadPriority.stepBack(); // The process is to get on with its work meanwhile.
    do {
      fillWindow();
      line.flush();
      if (!line.isIdle()) {
        installer.installAnswer();
      }
    } while (answered.getAsBoolean() && !line.isIdle());
  }

  private void fillWindow() {
    StampedLock lock = state.lock();
    while (line.pagesUnderWay() + PageFrames.MAXIMUM_PAGES <= windowPages) {
      long stamp = lock.readLock();
      try {
        long next = order.next(PageFrames.MAXIMUM_PAGES, wanted);
        if (next == PushOrder.NOTHING) {
          return;
        }
        int index = PushOrder.indexOf(next);
        int count = PushOrder.countOf(next);
        state.ask(index, count);
        line.ask(index, count);
      } finally {
        lock.unlockRead(stamp);
      }
    }
  }
}
