package io.github.livemigration.session;

import io.github.livemigration.wire.RecordCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The file by which another receiver can take a session up: readable by its owner only, for it
 * holds the session's token. Its name tells whether COMMIT was obeyed; where it was not, and never
 * will be, the note stays, as a source may be in doubt.
 */
final class SessionNote {
  private static final Logger LOG = LoggerFactory.getLogger(SessionNote.class);
  private static final String PREPARED = ".prepared";
  private static final String COMMITTED = ".received";
  private static final String UNFINISHED = ".unfinished";

  private @Nullable Path path;
  private @Nullable ReceivedSession session;

  private SessionNote(@Nullable Path path, @Nullable ReceivedSession session) {
    this.path = path;
    this.session = session;
  }

  /** Returns the note of a receiver that takes none. */
  static SessionNote none() {
    return new SessionNote(null, null);
  }

  /** Note a session whose process is built and waits for COMMIT. */
  static SessionNote prepared(Path folder, ReceivedSession session) throws IOException {
    Path path = folder.resolve(session.hostPid() + "-" + session.sessionToken() + PREPARED);
    write(path, session);
    return new SessionNote(path, session);
  }

  /** Returns what another receiver has noted. */
  static SessionNote found(Path path) throws IOException {
    ReceivedSession session =
        RecordCodec.of(ReceivedSession.class).decode(Files.readAllBytes(path));
    return new SessionNote(path, session);
  }

  /** Returns whether a file is a note. */
  static boolean isOne(Path path) {
    String name = path.getFileName().toString();
    return name.endsWith(PREPARED) || name.endsWith(COMMITTED);
  }

  private static void write(Path path, ReceivedSession session) throws IOException {
    Path unfinished = path.resolveSibling(path.getFileName() + UNFINISHED);
    Files.deleteIfExists(unfinished);
    Files.createFile(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(unfinished, RecordCodec.of(ReceivedSession.class).encode(session));
    Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
  }

  ReceivedSession session() {
    return Objects.requireNonNull(session, "a session that was noted");
  }

  /** Returns whether the process may have run. */
  boolean isCommitted() {
    return path != null && path.toString().endsWith(COMMITTED);
  }

  /** Returns whether the last change was so long ago. */
  boolean isOlderThan(Duration age) throws IOException {
    return path != null
        && Files.getLastModifiedTime(path).toInstant().isBefore(Instant.now().minus(age));
  }

  /** Note that COMMIT has come and will be obeyed. */
  void committed() throws IOException {
    if (path != null) {
      String name = path.getFileName().toString().replace(PREPARED, COMMITTED);
      path = Files.move(path, path.resolveSibling(name), StandardCopyOption.ATOMIC_MOVE);
    }
  }

  /** Note that all pages have arrived. */
  void arrived(PageCompletion completion) throws IOException {
    if (session != null) {
      change(session.withCompletion(completion));
    }
  }

  /** Note whether the process is stopped because the source stays away. */
  void stopped(boolean stopped) throws IOException {
    if (session != null && session.stopped() != stopped) {
      change(session.withStopped(stopped));
    }
  }

  private void change(ReceivedSession changed) throws IOException {
    if (path != null) {
      write(path, changed);
      session = changed;
    }
  }

  /** The session is over. */
  void forget() {
    if (path == null) {
      return;
    }
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      LOG.warn("deleting {}", path, e);
    }
    path = null;
  }
}
