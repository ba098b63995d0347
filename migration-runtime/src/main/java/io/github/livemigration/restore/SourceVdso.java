package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ThreadState;
import io.github.livemigration.tracee.Registers;
import java.util.Arrays;
import java.util.List;

/**
 * The vdso that the target knows, beside the one of this host's kernel.
 *
 * @param known the target's
 * @param own this host's
 */
public record SourceVdso(byte[] known, byte[] own) {
  /** Returns whether the target cannot use this host's in place of the one it knows. */
  boolean differs() {
    return !Arrays.equals(known, own);
  }

  static AddressRange range(List<MappingState> mappings) {
    return mappings.stream()
        .filter(
            mapping ->
                mapping.backing() instanceof MappingBacking.KernelPages pages
                    && pages.name().equals(MappingBacking.KernelPages.VDSO))
        .map(MappingState::range)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the image has no vdso"));
  }

  /** Refuses a thread in the middle of code that is another one here. */
  void refuseInside(ProcessImage image) {
    if (!differs()) {
      return;
    }
    AddressRange range = range(image.memory().mappings());
    for (ThreadState thread : image.threads()) {
      long instruction = Registers.from(thread.generalRegisters()).instructionPointer();
      if (instruction >= range.startAddress() && instruction < range.endAddress()) {
        throw new IllegalArgumentException(
            "thread %d stands inside the vdso of the source's kernel, at %#x"
                .formatted(thread.tid(), instruction));
      }
    }
  }
}
