package io.github.livemigration.tracee;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * The XSAVE area in the kernel's standard format. Where a part lies depends on the processor's
 * vendor, how long the whole is on the parts that the processor has.
 *
 * <p>Behind 512 bytes for x87 and SSE lies a header; its first word tells which parts are in use,
 * and the kernel gives all others as zeros.
 */
final class ExtendedState {
  private static final int PARTS_IN_USE = 512;
  private static final int HEADER_END = 576;

  private static volatile int hostBytes;

  private ExtendedState() {}

  /** Returns the length of an area on this host, asked for once. */
  static int hostBytes(Supplier<byte[]> area) {
    if (hostBytes == 0) {
      hostBytes = area.get().length;
    }
    return hostBytes;
  }

  /**
   * Returns the area in another length.
   *
   * @throws IllegalArgumentException where something in use would be cut off
   */
  static byte[] fitted(byte[] area, int lengthBytes) {
    for (int i = Math.max(lengthBytes, HEADER_END); i < area.length; i++) {
      if (area[i] != 0) {
        throw new IllegalArgumentException(
            "extended registers of %d bytes (parts in use %#x) do not fit into this host's %d"
                .formatted(area.length, partsInUse(area), lengthBytes));
      }
    }
    return area.length == lengthBytes ? area : Arrays.copyOf(area, lengthBytes);
  }

  private static long partsInUse(byte[] area) {
    return ByteBuffer.wrap(area).order(ByteOrder.LITTLE_ENDIAN).getLong(PARTS_IN_USE);
  }
}
