package io.github.livemigration.image;

/**
 * Whether memory is kept from being swapped out.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/mlock.2.html">mlock(2)</a>
 */
public enum MemoryLock {
  /** It is not. */
  NONE,
  /** It is, and all of it was brought in when it was locked. */
  LOCKED,
  /** Each page is, from its first use on. */
  LOCKED_ON_FAULT
}
