package io.github.livemigration.linux;

import java.util.Set;

/**
 * One mapping of a process, as {@code maps} and {@code smaps} show it.
 *
 * @param start address of the first byte
 * @param end address after the last byte
 * @param readable PROT_READ
 * @param writable PROT_WRITE
 * @param executable PROT_EXEC
 * @param shared MAP_SHARED instead of MAP_PRIVATE
 * @param fileOffset offset in the file of the first byte, in bytes
 * @param deviceMajor major number of the file's device; 0 with minor 0 where there is no file
 * @param deviceMinor minor number of the file's device
 * @param inode of the file; 0 where there is none
 * @param path as printed, such as {@code /lib/x.so}, {@code /tmp/x (deleted)}, {@code [heap]};
 *     empty for none
 * @param vmFlags flags of the mapping; empty when read from {@code maps}
 * @param protectionKey number of its protection key, see pkeys(7); 0 when read from {@code maps}
 */
public record MemoryMapEntry(
    long start,
    long end,
    boolean readable,
    boolean writable,
    boolean executable,
    boolean shared,
    long fileOffset,
    int deviceMajor,
    int deviceMinor,
    long inode,
    String path,
    Set<VmFlag> vmFlags,
    int protectionKey) {
  /** Length in bytes. */
  public long length() {
    return end - start;
  }

  /** Whether the mapping has a flag. */
  public boolean has(VmFlag flag) {
    return vmFlags.contains(flag);
  }
}
