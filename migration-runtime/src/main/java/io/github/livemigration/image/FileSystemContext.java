package io.github.livemigration.image;

/**
 * Where the target stands in the file system.
 *
 * @param workingDirectory absolute path
 * @param deleted whether the working directory was deleted since the target went there
 * @param root absolute path of the root directory, {@code /} unless it was changed by chroot
 * @param umask file mode bits that new files lack, 0 to 0777
 */
public record FileSystemContext(String workingDirectory, boolean deleted, String root, int umask) {
  public FileSystemContext {
    if (!workingDirectory.startsWith("/") || !root.startsWith("/") || (umask & ~0777) != 0) {
      throw new IllegalArgumentException(
          "%s in %s, umask %o".formatted(workingDirectory, root, umask));
    }
  }
}
