package io.github.livemigration.programs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.FdInfo;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.session.MigrationException;
import io.github.livemigration.session.TargetProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tools move in the middle of a long computation, and its result is the right one. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandLineToolIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @TempDir Path folder;
  @AutoClose private final Moves moves = new Moves();

  @Test
  void bcFindsTheSameDigitsOfPi() throws Exception {
    Path script = folder.resolve("pi.bc");
    Files.writeString(
        script, "while (1) { scale = 400; x = 4 * a(1); scale = 0; (x * 10^390) % 10^60 / 1 }\n");

    moves.moveRepeating(folder, List.of("bc", "-lq", script.toString()));
  }

  @Test
  void sqliteFindsTheSameRows() throws Exception {
    Path script = folder.resolve("query.sql");
    String query =
        """
        WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 60000)
        SELECT sum(x * x % 97), count(DISTINCT x % 1009), hex(zeroblob(2000)) FROM n;
        """;
    Files.writeString(script, query.repeat(5000));

    moves.moveRepeating(folder, List.of("sqlite3", "-batch", ":memory:", ".read " + script));
  }

  @Test
  void opensslMeasuresByItsAlarms() throws Exception {
    try {
      moveOpenssl(1);
    } catch (MigrationException e) {
      moveOpenssl(20); // It had come to its end before it was moved twice, on a slow host.
    }
  }

  private void moveOpenssl(int seconds) throws Exception {
    List<String> command = new ArrayList<>(List.of("openssl", "speed"));
    command.addAll(List.of("-seconds", Integer.toString(seconds), "-bytes", "1024"));
    command.addAll(List.of("md5", "sha1", "sha256"));
    try (TargetProcess target = TargetProcess.start(folder, command);
        Moves its = new Moves()) {
      its.move(target, () -> target.awaitLines(1));
      assertThat(its.exitStatus()).isZero();
      assertThat(target.lines()).filteredOn(line -> line.startsWith("Doing ")).hasSize(3);
      assertThat(target.lines()).anyMatch(line -> line.startsWith("sha256 "));
    }
  }

  @Test
  void xzCompressesToTheSameBytes() throws Exception {
    Path input = folder.resolve("words");
    Files.write(input, words(Moves.LONG ? 40_000_000 : 12_000_000));
    List<String> options = List.of("-6", "-T2", "--block-size=256KiB", "-k");
    Process unmoved = new ProcessBuilder(command(options, "-c", input)).start();
    byte[] expected = unmoved.getInputStream().readAllBytes();

    try (TargetProcess target =
        TargetProcess.start(folder, command(options, "--suffix=.moved", input))) {
      Position position = new Position(target, input);
      moves.move(target, position::awaitAdvance);
      assertThat(moves.exitStatus()).isZero();
    }

    Path output = Path.of(input + ".moved");
    assertThat(Files.readAllBytes(output))
        .as("the same as of a run without moves")
        .isEqualTo(expected);
    Process back = new ProcessBuilder("xz", "-dc", "--suffix=.moved", output.toString()).start();
    assertThat(back.getInputStream().readAllBytes()).isEqualTo(Files.readAllBytes(input));
  }

  private static List<String> command(List<String> options, String option, Path input) {
    List<String> command = new ArrayList<>(List.of("xz"));
    command.addAll(options);
    command.addAll(List.of(option, input.toString()));
    return command;
  }

  private static byte[] words(int length) {
    Random random = new Random(1);
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ('a' + random.nextInt(1 + i % 23));
    }
    return bytes;
  }

  /** How far a program has read a file. */
  private static final class Position {
    private final TargetProcess target;
    private final Path file;
    private long last;

    Position(TargetProcess target, Path file) {
      this.target = target;
      this.file = file;
    }

    void awaitAdvance() {
      await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> now() > last);
      last = now();
    }

    private long now() {
      for (int descriptor : ProcFs.descriptors(target.pid())) {
        if (ProcFs.readLink(target.pid(), "fd/" + descriptor).equals(file.toString())) {
          return FdInfo.parse(ProcFs.read(target.pid(), "fdinfo/" + descriptor)).position();
        }
      }
      return 0;
    }
  }
}
