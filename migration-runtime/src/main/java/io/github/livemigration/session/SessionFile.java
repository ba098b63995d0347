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
   * @throws HeldException where the process belongs to a session that is not over
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
      leaveEarlier(folder, pid);
      Files.createFile(
          path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    } catch (HeldException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("the session cannot be noted in " + path + ": " + e, e);
    }
    return new SessionFile(path);
  }

  /** A session that is not over holds the process. */
  static final class HeldException extends IOException {
    private static final long serialVersionUID = 1L;

    private HeldException(String session) {
      super("session %1$s, which is not over, holds it: 'send --resume %1$s'".formatted(session));
    }
  }

  /**
   * A sender that was killed before COMMIT has left its session, while the process ran on. Whoever
   * resumed that session later, while another one holds the process, would learn that the
   * destination has rolled back, and would let a second copy run.
   */
  private static void leaveEarlier(Path folder, int pid) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, pid + "-*" + SUFFIX)) {
      for (Path path : files) {
        SessionFile file = new SessionFile(path);
        Optional<SavedSession> saved = file.saved();
        if (saved.isEmpty()) {
          continue; // Nobody can resume it.
        }
        if (saved.get().isThere() && saved.get().holds()) {
          throw new HeldException(file.name());
        }
        file.delete();
      }
    }
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
    Optional<SavedSession> saved = saved();
    if (saved.isPresent()) {
      return saved.get().isThere();
    }
    String pid = name().replaceFirst("-.*", "");
    return ProcFs.exists("/proc/" + pid);
  }

  private Optional<SavedSession> saved() {
    try {
      return read();
    } catch (IOException e) {
      LOG.debug("{} is not readable", path, e); // Another version's, or it was deleted meanwhile.
      return Optional.empty();
    }
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
