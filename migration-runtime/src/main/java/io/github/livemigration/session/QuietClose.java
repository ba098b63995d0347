package io.github.livemigration.session;

import java.io.Closeable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Closes what nobody waits for any more: a failure to close is told in the log and hides no other.
 */
final class QuietClose {
  private static final Logger LOG = LoggerFactory.getLogger(QuietClose.class);

  private QuietClose() {}

  static void close(Closeable resource) {
    try {
      resource.close();
    } catch (IOException e) {
      LOG.debug("closing {}", resource, e);
    }
  }
}
