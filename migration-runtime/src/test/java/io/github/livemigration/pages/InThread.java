package io.github.livemigration.pages;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Work in a thread of its own. The common pool has one thread on a host of two processors, where
 * work that waits for a page would keep other work from starting.
 */
final class InThread {
  private InThread() {}

  static CompletableFuture<Void> run(Runnable work) {
    return CompletableFuture.runAsync(work, task -> new Thread(task).start());
  }

  static <T> CompletableFuture<T> supply(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
  }
}
