package io.github.livemigration.benchmarks;

import java.util.concurrent.locks.LockSupport;

/** A JVM that does nothing, for the memory that a JVM takes in any case. */
final class IdleProgram {
  static final String READY = "idle";

  private IdleProgram() {}

  public static void main(String[] arguments) {
    System.out.println(READY);
    while (true) {
      LockSupport.park();
    }
  }
}
