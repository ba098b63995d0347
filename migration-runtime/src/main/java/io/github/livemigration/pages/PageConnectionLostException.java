package io.github.livemigration.pages;

import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.PeerException;
import java.io.IOException;

/**
 * A page connection ended while pages were missing.
 *
 * <p>Nothing is lost yet: the process runs on with the pages it has, and a thread that misses one
 * waits. {@link PostCopy#reconnect} goes on. The userfaultfd must stay open until then; without it,
 * missing pages would read as zeros.
 */
public final class PageConnectionLostException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long missingPages;

  PageConnectionLostException(long missingPages, IOException cause) {
    super(missingPages + " pages are missing: " + cause.getMessage(), cause);
    this.missingPages = missingPages;
  }

  /**
   * Whether the peer has refused a page that it had announced: it breaks the protocol, and no other
   * connection would change that.
   */
  public boolean isRefusal() {
    return getCause() instanceof PeerException answer && answer.type() == FrameType.ERROR;
  }

  /** Number of pages that the process does not have yet. */
  public long missingPages() {
    return missingPages;
  }
}
