package io.github.livemigration.sample;

import java.util.function.LongUnaryOperator;

/** A class that nothing refers to by type: it is loaded from the jar when somebody asks by name. */
public final class LateArrival implements LongUnaryOperator {

  /** Collatz: the steps that a number takes to 1. */
  @Override
  public long applyAsLong(long number) {
    long steps = 0;
    for (long value = number; value > 1; value = value % 2 == 0 ? value / 2 : 3 * value + 1) {
      steps++;
    }
    return steps;
  }
}
