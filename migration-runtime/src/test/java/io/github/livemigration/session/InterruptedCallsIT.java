package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Threads that wait in a system call, one in each kind of call, notice nothing of a move: the call
 * returns neither early nor without a cause, nor does it wait for ever.
 */
class InterruptedCallsIT {
  @TempDir Path folder;
  private Path home;

  @BeforeEach
  void makeHome() throws Exception {
    home = Files.createDirectory(folder.resolve("home"));
    Files.createFile(home.resolve("locked"));
  }

  @Test
  void callsGoOnAfterTheMove() throws Exception {
    try (RandomAccessFile locked = new RandomAccessFile(home.resolve("locked").toFile(), "rw");
        FileLock lock = locked.getChannel().lock();
        TargetProcess target = TargetProcess.python(folder, "calls.py", home);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      receiver.receive(target);
      everyCallReturnsAsItShould(target, lock);
    }
  }

  /**
   * The first stop leaves calls with a time-out in restart_syscall(2), which does not say for what.
   */
  @Test
  void callsGoOnAfterAMigrationThatWasRolledBackAndAfterTheNext() throws Exception {
    try (RandomAccessFile locked = new RandomAccessFile(home.resolve("locked").toFile(), "rw");
        FileLock lock = locked.getChannel().lock();
        TargetProcess target = TargetProcess.python(folder, "calls.py", home);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      receiver.rollBack(target);
      receiver.receive(target);
      everyCallReturnsAsItShould(target, lock);
    }
  }

  private void everyCallReturnsAsItShould(TargetProcess target, FileLock lock) throws Exception {
    Files.createFile(home.resolve("go"));
    await().until(() -> target.lines().stream().anyMatch(line -> line.contains("waking")));
    lock.release();
    int calls = Integer.parseInt(target.lines().get(0).replaceAll("\\D", ""));
    target.awaitLines(3 + calls);
    assertThat(target.lines()).last().isEqualTo("{\"left\": [0, 0, 0]}");
    assertThat(target.lines())
        .filteredOn(line -> line.contains("verdict"))
        .hasSize(calls)
        .allMatch(line -> line.contains("\"verdict\": \"fine\""));
  }
}
