package io.github.livemigration.session;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The folder in which a receiver notes its sessions, locked for as long as the receiver lives: a
 * process must not be served by two.
 */
final class ReceiverState implements AutoCloseable {
  private static final String LOCK = "receiver.lock";

  private final Path folder;
  private final FileChannel lock;

  private ReceiverState(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Take a folder, which is made where it is missing.
   *
   * @throws IOException in the user's words, also where another receiver has it
   */
  static ReceiverState open(Path folder) throws IOException {
    FileChannel channel;
    FileLock lock;
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(
            folder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      }
      channel =
          FileChannel.open(
              folder.resolve(LOCK),
              Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      lock = tryLock(channel);
    } catch (IOException e) {
      throw new IOException("sessions cannot be noted in " + folder + ": " + e, e);
    }
    if (lock == null) {
      channel.close();
      throw new IOException(
          "another receiver notes its sessions in " + folder + "; choose another --state");
    }
    return new ReceiverState(folder, channel);
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // Another receiver in this very process.
    }
  }

  Path folder() {
    return folder;
  }

  /** Returns the files of all notes. */
  List<Path> notes() throws IOException {
    List<Path> notes = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, SessionNote::isOne)) {
      files.forEach(notes::add);
    }
    return notes;
  }

  /** Let another receiver have the folder. */
  @Override
  public void close() throws IOException {
    lock.close();
  }
}
