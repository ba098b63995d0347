package io.github.livemigration.restore;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.image.ProtectionKeys;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;

/**
 * Takes protection keys by their numbers and gives them to mappings, once these are there.
 *
 * <p>The kernel gives out the lowest key that is free, so all are taken first and those that the
 * target has not are given back last. Memory that may only be executed gets its key from the kernel
 * itself, which takes one for it at the first such mapping. The rights that a thread has to keys
 * are in its PKRU register.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/pkeys.7.html">pkeys(7)</a>
 */
final class ProtectionKeyBuilder {
  private final RemoteBatch batch;
  private final Descriptors descriptors;

  ProtectionKeyBuilder(RemoteBatch batch, Descriptors descriptors) {
    this.batch = batch;
    this.descriptors = descriptors;
  }

  /** Add the calls. */
  void build(MemoryImage image) {
    ProtectionKeys keys = image.protectionKeys();
    int highest = 31 - Integer.numberOfLeadingZeros(keys.allocated() | 1);
    boolean needed = highest > 0;
    for (MappingState mapping : image.mappings()) {
      needed |= mapping.isExecuteOnly();
      highest = Math.max(highest, mapping.protectionKey());
    }
    if (!needed && highest == 0) {
      return;
    }
    takeAll(highest);
    if (keys.executeOnly() != 0) {
      free(keys.executeOnly());
    }
    for (MappingState mapping : image.mappings()) {
      protect(mapping, keys);
    }
    for (int key = 1; key < ProtectionKeys.COUNT; key++) {
      if (!keys.isAllocated(key) && key != keys.executeOnly()) {
        free(key);
      }
    }
  }

  /** Without a free key, memory that may only be executed has none, as on the source. */
  private void takeAll(int highest) {
    for (int key = 1; key < ProtectionKeys.COUNT; key++) {
      if (key <= highest) {
        descriptors.expect(batch.call("pkey_alloc", X8664.PKEY_ALLOC, 0, 0), key);
      } else {
        batch.tryCall("pkey_alloc", X8664.PKEY_ALLOC, 0, 0);
      }
    }
  }

  /** Fails where the processor has no keys. */
  private void free(int key) {
    batch.tryCall(CallName.of("pkey_free(%s)", key), X8664.PKEY_FREE, key);
  }

  private void protect(MappingState mapping, ProtectionKeys keys) {
    AddressRange range = mapping.range();
    int key = mapping.protectionKey();
    if (key != 0 && key != keys.executeOnly()) {
      batch.call(
          CallName.of("pkey_mprotect(%#x-%#x, %d)", range.startAddress(), range.endAddress(), key),
          X8664.PKEY_MPROTECT,
          range.startAddress(),
          range.lengthBytes(),
          mapping.protection(),
          key);
    } else if (mapping.isExecuteOnly()) {
      batch.call(
          CallName.of("mprotect(%#x-%#x)", range.startAddress(), range.endAddress()),
          X8664.MPROTECT,
          range.startAddress(),
          range.lengthBytes(),
          mapping.protection());
    }
  }
}
