package io.github.livemigration.pages;

import java.time.Duration;
import java.util.List;

/**
 * How {@link PostCopy} behaves.
 *
 * @param verify whether every page is fetched, also one that was dropped meanwhile, and goes into
 *     the checksum
 * @param windowPages pages that the push has asked for and not received, at least 64. What is under
 *     way has to cover bandwidth times round trip; more than that only spoils the processor's cache
 * @param neighbourPages pages that are asked for at once when a thread waits for the first of them,
 *     1 to 64. Each page more makes it wait some 4 us longer; {@link Readahead} gives more of them
 *     to a thread that walks on through memory, and none while faults are far apart
 * @param replyTimeout how long questions may go without an answer, on either connection, before it
 *     counts as lost
 * @param wipedOnFork ranges on the source with {@code MADV_WIPEONFORK}: zeros in a child, which the
 *     kernel does not tell
 * @param journal takes what the kernel tells
 */
public record PostCopyOptions(
    boolean verify,
    int windowPages,
    int neighbourPages,
    Duration replyTimeout,
    List<PageRun> wipedOnFork,
    EventJournal journal) {

  private static final int DEFAULT_WINDOW_PAGES = 256;
  private static final int DEFAULT_NEIGHBOUR_PAGES = 4;
  private static final Duration DEFAULT_REPLY_TIMEOUT = Duration.ofSeconds(30);

  public PostCopyOptions {
    if (windowPages < PageFrames.MAXIMUM_PAGES) {
      throw new IllegalArgumentException("windowPages " + windowPages);
    }
    if (neighbourPages < 1 || neighbourPages > PageFrames.MAXIMUM_PAGES) {
      throw new IllegalArgumentException("neighbourPages " + neighbourPages);
    }
    if (replyTimeout.isNegative() || replyTimeout.isZero()) {
      throw new IllegalArgumentException("replyTimeout " + replyTimeout);
    }
    wipedOnFork = List.copyOf(wipedOnFork);
  }

  /** Returns the values that measurements have shown to be good. */
  public static PostCopyOptions defaults() {
    return new PostCopyOptions(
        false,
        DEFAULT_WINDOW_PAGES,
        DEFAULT_NEIGHBOUR_PAGES,
        DEFAULT_REPLY_TIMEOUT,
        List.of(),
        EventJournal.forgetful());
  }

  /** Returns a copy with another {@link #verify()}. */
  public PostCopyOptions withVerify(boolean value) {
    return new PostCopyOptions(
        value, windowPages, neighbourPages, replyTimeout, wipedOnFork, journal);
  }

  /** Returns a copy with another {@link #windowPages()}. */
  public PostCopyOptions withWindowPages(int value) {
    return new PostCopyOptions(verify, value, neighbourPages, replyTimeout, wipedOnFork, journal);
  }

  /** Returns a copy with another {@link #neighbourPages()}. */
  public PostCopyOptions withNeighbourPages(int value) {
    return new PostCopyOptions(verify, windowPages, value, replyTimeout, wipedOnFork, journal);
  }

  /** Returns a copy with another {@link #replyTimeout()}. */
  public PostCopyOptions withReplyTimeout(Duration value) {
    return new PostCopyOptions(verify, windowPages, neighbourPages, value, wipedOnFork, journal);
  }

  /** Returns a copy with another {@link #wipedOnFork()}. */
  public PostCopyOptions withWipedOnFork(List<PageRun> value) {
    return new PostCopyOptions(verify, windowPages, neighbourPages, replyTimeout, value, journal);
  }

  /** Returns a copy with another {@link #journal()}. */
  public PostCopyOptions withJournal(EventJournal value) {
    return new PostCopyOptions(
        verify, windowPages, neighbourPages, replyTimeout, wipedOnFork, value);
  }
}
