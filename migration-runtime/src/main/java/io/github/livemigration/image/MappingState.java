package io.github.livemigration.image;

import java.util.List;
import java.util.Optional;

/**
 * One mapping of the target's address space.
 *
 * @param range where it lies
 * @param protection {@code PROT_} bits: 1 read, 2 write, 4 execute
 * @param shared whether writes are shared ({@code MAP_SHARED})
 * @param growsDown whether it is a stack that the kernel grows
 * @param noReserve whether it was made with {@code MAP_NORESERVE}
 * @param backing what it shows
 * @param advice given by {@code madvise(2)}
 * @param anonymousName given by {@code PR_SET_VMA_ANON_NAME}
 */
public record MappingState(
    AddressRange range,
    int protection,
    boolean shared,
    boolean growsDown,
    boolean noReserve,
    MappingBacking backing,
    List<MappingAdvice> advice,
    Optional<String> anonymousName) {

  public MappingState {
    if (protection < 0 || protection > 7) {
      throw new IllegalArgumentException("protection " + protection + " of " + range);
    }
    advice = List.copyOf(advice);
  }
}
