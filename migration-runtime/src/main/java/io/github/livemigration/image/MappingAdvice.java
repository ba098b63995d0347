package io.github.livemigration.image;

/**
 * Advice given to the kernel for a mapping, with the {@code madvise(2)} value that gives it again.
 */
public enum MappingAdvice {
  RANDOM(1),
  SEQUENTIAL(2),
  DONTFORK(10),
  MERGEABLE(12),
  HUGEPAGE(14),
  NOHUGEPAGE(15),
  DONTDUMP(16),
  WIPEONFORK(18);

  private final int value;

  MappingAdvice(int value) {
    this.value = value;
  }

  /** Returns the value for {@code madvise(2)}. */
  public int value() {
    return value;
  }
}
