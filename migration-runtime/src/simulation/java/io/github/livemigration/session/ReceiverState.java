package io.github.livemigration.session;

import io.github.livemigration.simulation.Program;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** In place of the one whose lock ends with a real process. */
final class ReceiverState implements AutoCloseable {
  private static @Nullable Program holder;

  private final Path folder;

  private ReceiverState(Path folder) {
    this.folder = folder;
  }

  static ReceiverState open(Path folder) throws IOException {
    if (holder != null && !holder.isDead()) {
      throw new IOException("another receiver notes its sessions in " + folder);
    }
    Files.createDirectories(folder);
    holder = Program.current();
    return new ReceiverState(folder);
  }

  Path folder() {
    return folder;
  }

  /** In an order that does not depend on the file system. */
  List<Path> notes() throws IOException {
    List<Path> notes = new ArrayList<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, SessionNote::isOne)) {
      files.forEach(notes::add);
    }
    Collections.sort(notes);
    return notes;
  }

  @Override
  public void close() {
    holder = null;
  }
}
