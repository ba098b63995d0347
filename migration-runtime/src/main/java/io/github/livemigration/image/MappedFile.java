package io.github.livemigration.image;

/**
 * How a file that the target maps or holds open is recognised on the destination.
 *
 * @param path absolute path on the source
 * @param device its device number on the source
 * @param inode its inode number on the source
 * @param lengthBytes its size
 * @param modifiedNanos time of last modification, since the epoch
 * @param changedNanos time of last status change, since the epoch
 * @param contentHash SHA-256 of its content, empty where both sides are the same host
 */
public record MappedFile(
    String path,
    long device,
    long inode,
    long lengthBytes,
    long modifiedNanos,
    long changedNanos,
    byte[] contentHash) {
  public MappedFile {
    if (!path.startsWith("/") || (contentHash.length != 0 && contentHash.length != 32)) {
      throw new IllegalArgumentException("mapped file " + path);
    }
  }
}
