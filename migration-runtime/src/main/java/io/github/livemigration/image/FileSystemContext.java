package io.github.livemigration.image;

/**
 * Where the target stands in the file system.
 *
 * @param workingDirectory absolute path
 * @param umask file mode bits that new files lack, 0 to 0777
 */
public record FileSystemContext(String workingDirectory, int umask) {
  public FileSystemContext {
    if (!workingDirectory.startsWith("/") || (umask & ~0777) != 0) {
      throw new IllegalArgumentException(
          workingDirectory + ", umask " + Integer.toOctalString(umask));
    }
  }
}
