package io.github.livemigration.pages;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/** A fixed number of bits that several threads set and read. */
final class AtomicBitmap {
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] words;

  AtomicBitmap(int size) {
    words = new long[(size + Long.SIZE - 1) / Long.SIZE];
  }

  /** Copies another one, which nobody changes meanwhile. */
  AtomicBitmap(AtomicBitmap other) {
    words = other.words.clone();
  }

  boolean get(int index) {
    return ((long) WORD.getOpaque(words, index >>> 6) >>> index & 1) != 0;
  }

  /** Set a bit; returns whether this call changed it. */
  boolean set(int index) {
    long bit = 1L << index;
    return ((long) WORD.getAndBitwiseOr(words, index >>> 6, bit) & bit) == 0;
  }

  /** Set neighbouring bits; returns how many of them this call changed. */
  int set(int from, int count) {
    int changed = 0;
    for (int index = from; index < from + count; ) {
      int end = Math.min(from + count, (index | (Long.SIZE - 1)) + 1);
      long bits = (-1L >>> (Long.SIZE - (end - index))) << index;
      long before = (long) WORD.getAndBitwiseOr(words, index >>> 6, bits);
      changed += Long.bitCount(bits & ~before);
      index = end;
    }
    return changed;
  }

  /** Returns the first index of a set bit, or the end of the range. */
  int firstSet(int from, int end) {
    return first(from, end, 0);
  }

  /** Returns the first index of a bit that is not set, or the end of the range. */
  int firstClear(int from, int end) {
    return first(from, end, -1);
  }

  private int first(int from, int end, long flipped) {
    int index = from;
    while (index < end) {
      long word = (long) WORD.getOpaque(words, index >>> 6) ^ flipped;
      long left = word >>> index;
      if (left != 0) {
        return Math.min(end, index + Long.numberOfTrailingZeros(left));
      }
      index = (index | (Long.SIZE - 1)) + 1;
    }
    return end;
  }
}
