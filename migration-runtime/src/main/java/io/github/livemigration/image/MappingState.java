package io.github.livemigration.image;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One mapping of the target's address space.
 *
 * @param range where it lies
 * @param protection {@code PROT_} bits: 1 read, 2 write, 4 execute
 * @param protectionKey number of its key, see pkeys(7); 0 for memory that was given none
 * @param shared whether writes are shared ({@code MAP_SHARED})
 * @param traits how it was made
 * @param lock whether it is locked
 * @param backing what it shows
 * @param advice given by {@code madvise(2)}
 * @param anonymousName given by {@code PR_SET_VMA_ANON_NAME}
 */
public record MappingState(
    AddressRange range,
    int protection,
    int protectionKey,
    boolean shared,
    Set<MappingTrait> traits,
    MemoryLock lock,
    MappingBacking backing,
    List<MappingAdvice> advice,
    Optional<String> anonymousName) {
  /** Protection: write. */
  public static final int PROT_WRITE = 2;

  private static final int PROT_EXECUTE = 4;

  public MappingState {
    if (protection < 0 || protection > 7) {
      throw new IllegalArgumentException("protection " + protection + " of " + range);
    }
    if (protectionKey < 0 || protectionKey >= ProtectionKeys.COUNT) {
      throw new IllegalArgumentException("protection key " + protectionKey + " of " + range);
    }
    traits = Set.copyOf(traits);
    advice = List.copyOf(advice);
  }

  /** Returns whether it has a trait. */
  public boolean has(MappingTrait trait) {
    return traits.contains(trait);
  }

  /** Returns whether it may be executed, but neither read nor written. */
  public boolean isExecuteOnly() {
    return protection == PROT_EXECUTE;
  }

  /** Returns whether userfaultfd can serve its missing pages. */
  public boolean servable() {
    boolean ofMemory =
        backing instanceof MappingBacking.PrivateAnonymous
            || (backing instanceof MappingBacking.OfObject object
                && (object.openForWriting() || !shared));
    return ofMemory && !has(MappingTrait.DROPPABLE) && !has(MappingTrait.HUGE_PAGES);
  }

  /** Check that mappings are in address order and do not overlap. */
  static void checkOrder(List<MappingState> mappings) {
    long previousEnd = 0;
    for (MappingState mapping : mappings) {
      if (mapping.range().startAddress() < previousEnd) {
        throw new IllegalArgumentException(
            "mapping " + mapping.range() + " overlaps the one before");
      }
      previousEnd = mapping.range().endAddress();
    }
  }
}
