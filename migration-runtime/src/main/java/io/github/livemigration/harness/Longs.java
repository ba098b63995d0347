package io.github.livemigration.harness;

import java.util.Arrays;

/** A list of numbers that grows, eight bytes each. Not thread-safe. */
final class Longs {

  private long[] values = new long[256];
  private int size;

  void add(long value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, size * 2);
    }
    values[size++] = value;
  }

  int size() {
    return size;
  }

  void addAll(Longs others) {
    for (int i = 0; i < others.size; i++) {
      add(others.values[i]);
    }
  }

  long[] toArray() {
    return Arrays.copyOf(values, size);
  }
}
