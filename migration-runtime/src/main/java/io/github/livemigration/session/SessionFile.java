package io.github.livemigration.session;

import io.github.livemigration.linux.Credentials;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.SessionToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file by which another sender can take a session over: readable by its owner only, for it
 * holds the session's token. It lives from the freeze of a process to the end of its session.
 */
final class SessionFile {
  private static final Logger LOG = LoggerFactory.getLogger(SessionFile.class);
  private static final String SUFFIX = ".session";
  private static final String STATE_HOME = "XDG_STATE_HOME";
  private static final String FOLDER = "live-migration";

  private final Path path;

  private SessionFile(Path path) {
    this.path = path;
  }

  /**
   * Returns where sessions are noted: below $XDG_STATE_HOME, or in /run for root, and below
   * $XDG_RUNTIME_DIR or in ~/.local/state for others.
   */
  static Path defaultFolder() {
    return defaultFolder(System.getenv(), Credentials.effectiveUid() == 0);
  }

  static Path defaultFolder(Map<String, String> environment, boolean root) {
    String runtime = environment.getOrDefault("XDG_RUNTIME_DIR", "");
    String others =
        runtime.isEmpty() ? environment.getOrDefault("HOME", "/") + "/.local/state" : runtime;
    String chosen = environment.getOrDefault(STATE_HOME, "");
    return Path.of(chosen.isEmpty() ? root ? "/run" : others : chosen, FOLDER);
  }

  /**
   * Make an empty file. Those that have become useless are deleted.
   *
   * @throws IOException naming the file, where that is not possible
   */
  static SessionFile create(Path folder, int pid, SessionToken token) throws IOException {
    Path path = folder.resolve(pid + "-" + token + SUFFIX);
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      deleteUseless(folder);
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (IOException e) {
      throw new IOException("the session cannot be noted in " + path + ": " + e, e);
    }
    return new SessionFile(path);
  }

  /** A sender that was killed has left its file; without the process nobody can go on with it. */
  private static void deleteUseless(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path path : files) {
        SessionFile file = new SessionFile(path);
        if (!file.isOfAProcess()) {
          file.delete();
        }
      }
    }
  }

  private boolean isOfAProcess() {
    try {
      Optional<SavedSession> saved = read();
      if (saved.isPresent()) {
        return saved.get().isThere();
      }
    } catch (IOException e) {
      LOG.debug("{} is not readable", path, e); // Another version's, or it was deleted meanwhile.
    }
    String pid = name().replaceFirst("-.*", "");
    return ProcFs.exists("/proc/" + pid);
  }

  /**
   * Find a session.
   *
   * @param session its name or the path of its file
   * @throws IOException in the user's words where there is none
   */
  static SessionFile find(Path folder, String session) throws IOException {
    Path path =
        session.contains("/") ? Path.of(session) : folder.resolve(session + SUFFIX).normalize();
    if (!Files.isRegularFile(path)) {
      throw new IOException("no session '%s' in %s".formatted(session, path.getParent()));
    }
    return new SessionFile(path);
  }

  /** Returns how users name the session. */
  String name() {
    return path.getFileName().toString().replaceFirst("\\.session$", "");
  }

  void write(SavedSession session) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(RecordCodec.of(SavedSession.class).encode(session));
    try (SeekableByteChannel channel =
        Files.newByteChannel(
            path, Set.of(StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))) {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    }
  }

  /**
   * Returns what was written; empty where the sender died before there was anything to go on with.
   */
  Optional<SavedSession> read() throws IOException {
    byte[] bytes = Files.readAllBytes(path);
    return bytes.length == 0
        ? Optional.empty()
        : Optional.of(RecordCodec.of(SavedSession.class).decode(bytes));
  }

  /** Forget the session. */
  void delete() {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("deleting {}", path, e);
    }
  }
}
