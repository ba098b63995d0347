package io.github.livemigration;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Lets every test wait for a fact as long as a slow host may need, instead of ten seconds. */
public final class Patience implements BeforeAllCallback {
  private static final Duration AT_MOST = Duration.ofMinutes(2);

  @Override
  public void beforeAll(ExtensionContext context) {
    Awaitility.setDefaultTimeout(AT_MOST);
  }
}
