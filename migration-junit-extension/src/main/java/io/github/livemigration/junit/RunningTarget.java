package io.github.livemigration.junit;

import io.github.livemigration.harness.LiveMigrationHarness;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * What is kept in the store for one test, from before anything is started.
 *
 * @param harness what has to be closed
 * @param migration what the test gets
 */
@SuppressWarnings("deprecation") // JUnit before 5.13 closes nothing but a CloseableResource.
record RunningTarget(LiveMigrationHarness harness, LiveMigration migration)
    implements ExtensionContext.Store.CloseableResource, AutoCloseable {

  @Override
  public void close() {
    harness.close();
  }
}
