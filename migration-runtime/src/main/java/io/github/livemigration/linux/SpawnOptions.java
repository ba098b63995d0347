package io.github.livemigration.linux;

import org.jspecify.annotations.Nullable;

/**
 * How a spawned process differs from its parent; immutable, each {@code with} method returns a
 * changed copy.
 *
 * @param workingDirectory directory to start in; {@code null} for the parent's
 * @param stdin descriptor of this process that becomes descriptor 0, or {@link #INHERIT}
 * @param stdout descriptor of this process that becomes descriptor 1, or {@link #INHERIT}
 * @param stderr descriptor of this process that becomes descriptor 2, or {@link #INHERIT}
 * @param newSession whether it becomes the leader of a new session
 */
public record SpawnOptions(
    @Nullable String workingDirectory, int stdin, int stdout, int stderr, boolean newSession) {
  /** Keep the parent's descriptor. */
  public static final int INHERIT = -1;

  /** Everything like the parent. */
  public static final SpawnOptions DEFAULTS =
      new SpawnOptions(null, INHERIT, INHERIT, INHERIT, false);

  /** Start in a directory. */
  public SpawnOptions withWorkingDirectory(String directory) {
    return new SpawnOptions(directory, stdin, stdout, stderr, newSession);
  }

  /** Use a descriptor of this process as standard input. */
  public SpawnOptions withStdin(int fd) {
    return new SpawnOptions(workingDirectory, fd, stdout, stderr, newSession);
  }

  /** Use a descriptor of this process as standard output. */
  public SpawnOptions withStdout(int fd) {
    return new SpawnOptions(workingDirectory, stdin, fd, stderr, newSession);
  }

  /** Use a descriptor of this process as standard error. */
  public SpawnOptions withStderr(int fd) {
    return new SpawnOptions(workingDirectory, stdin, stdout, fd, newSession);
  }

  /** Make it the leader of a new session. */
  public SpawnOptions withNewSession() {
    return new SpawnOptions(workingDirectory, stdin, stdout, stderr, true);
  }
}
