package io.github.livemigration.session;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.SystemCallException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks programs up as a shell does. */
final class ProgramPath {
  private ProgramPath() {}

  /**
   * Returns the path of a program.
   *
   * @param name a path if it has a slash, else a name to look up in PATH
   */
  static String find(String name) {
    if (name.contains("/")) {
      return name;
    }
    String path = System.getenv("PATH");
    for (String directory : (path == null ? "/usr/bin:/bin" : path).split(":")) {
      Path candidate = Path.of(directory.isEmpty() ? "." : directory, name);
      if (Files.isExecutable(candidate) && Files.isRegularFile(candidate)) {
        return candidate.toString();
      }
    }
    throw new SystemCallException("start of " + name + ", looked up in PATH", Errno.ENOENT);
  }
}
