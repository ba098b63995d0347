package io.github.livemigration.programs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Outcome;
import io.github.livemigration.session.TargetProcess;
import io.github.livemigration.session.TestReceiver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Moves programs to and fro while they work, with a checksum of every page.
 *
 * <p>{@code -Dmigrate.tests=long} asks for more moves of more variants.
 */
final class Moves implements AutoCloseable {
  static final boolean LONG = "long".equals(System.getProperty("migrate.tests"));

  private static final int COUNT = LONG ? 20 : 2;
  private static final int LINES_BETWEEN = 3;

  private final List<TestReceiver> receivers = new ArrayList<>();
  private int moved;

  /** What a test waits for between two moves. */
  interface Progress {
    void await() throws Exception;
  }

  Moves() {
    try {
      receivers.add(new TestReceiver());
      receivers.add(new TestReceiver());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the path of a program among the test's resources. */
  static String resource(String name) {
    try {
      return Path.of(Moves.class.getResource("/programs/" + name).toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Move a program; before each move, and after the last, it has to get on. */
  void move(TargetProcess target, Progress progress) throws Exception {
    for (int move = 0; move < COUNT; move++) {
      progress.await();
      moved++;
      MigrationReport report = current().receive(target);
      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    }
    progress.await();
  }

  /** Returns the exit status of the program that was moved last. */
  int exitStatus() throws InterruptedException {
    return current().nextExitStatus();
  }

  private TestReceiver current() {
    return receivers.get(moved % receivers.size());
  }

  /** Move a program that prints 1, 2, 3 … as long as it finds everything right. */
  void moveCounting(Path folder, List<String> command) throws Exception {
    try (TargetProcess target = TargetProcess.start(folder, command)) {
      move(target, () -> target.awaitMoreLines(LINES_BETWEEN));
      List<String> lines = target.lines();
      assertThat(lines)
          .as("what %s has printed", command)
          .isEqualTo(LongStream.rangeClosed(1, lines.size()).mapToObj(Long::toString).toList());
    }
  }

  /**
   * Move a program that gives the same answer for ever; the first answer comes from before the
   * first move.
   */
  void moveRepeating(Path folder, List<String> command) throws Exception {
    try (TargetProcess target = TargetProcess.start(folder, command)) {
      move(target, () -> target.awaitMoreLines(LINES_BETWEEN));
      assertThat(target.lines().stream().distinct().toList())
          .as("answers of %s", command)
          .hasSize(1);
    }
  }

  @Override
  public void close() throws IOException {
    for (TestReceiver receiver : receivers) {
      receiver.close();
    }
  }
}
