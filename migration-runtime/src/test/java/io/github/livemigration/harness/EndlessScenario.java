package io.github.livemigration.harness;

import java.util.concurrent.CountDownLatch;

/** A program that moves a target and then waits until it is ended. */
final class EndlessScenario {

  private EndlessScenario() {}

  /** Move, say so, and wait. */
  public static void main(String[] arguments) throws InterruptedException {
    LiveMigrationHarness harness = FakeMigrate.harness("well").build();
    harness.start();
    harness.output().awaitNumber(10);
    harness.migrate();
    harness.output().awaitCountAfterMove(10);
    System.out.println(harness.targetPid());
    new CountDownLatch(1).await();
  }
}
