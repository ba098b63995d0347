package io.github.livemigration.capture;

import io.github.livemigration.linux.MemoryMapEntry;

/**
 * A mapped file as {@code /proc/PID/maps} names it.
 *
 * @param deviceMajor of the file system
 * @param deviceMinor of the file system
 * @param inode in the file system
 * @param path as printed
 */
public record FileKey(int deviceMajor, int deviceMinor, long inode, String path) {
  static FileKey of(MemoryMapEntry entry) {
    return new FileKey(entry.deviceMajor(), entry.deviceMinor(), entry.inode(), entry.path());
  }
}
