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
}
