package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host runs out of something just then: the target runs on as before, and moves when there is
 * enough again.
 */
class ShortageIT {
  /** Long enough for the target to check its memory. */
  private static final int A_CHECK = 510;

  @TempDir Path folder;

  private interface Step {
    void run() throws Exception;
  }

  @Test
  void receiverWithoutDescriptors() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 2, 4);
        CommandLineJvm receiver = receiver()) {
      SenderOptions options = SenderOptions.to(receiver.address()).withVerify(true);
      target.awaitMoreLines(20);

      assertRollsBack(target, options, "freeze", () -> limitDescriptors(receiver, 3));

      limitDescriptors(receiver, 1024);
      assertMoves(target, options, receiver);
    }
  }

  @Test
  void receiverWithoutProcessIds() throws Exception {
    assumeTrue(PidsGroup.isPossible(), "there is no cgroup of the controller pids to be made");
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 2, 4);
        CommandLineJvm receiver = receiver()) {
      SenderOptions options = SenderOptions.to(receiver.address()).withVerify(true);
      try (PidsGroup group = PidsGroup.of(receiver.process().pid())) {
        target.awaitMoreLines(20);

        assertRollsBack(target, options, "connect", group::exhaust);

        group.enlarge();
        assertMoves(target, options, receiver);
      }
    }
  }

  @Test
  void fullDiskWhereSessionsAreNoted() throws Exception {
    try (SmallDisk source = SmallDisk.in(folder, "source");
        SmallDisk destination = SmallDisk.in(folder, "destination");
        TargetProcess target = TargetProcess.python(folder, "counter.py", 2, 4);
        TestReceiver receiver =
            new TestReceiver(options -> options.withStateFolder(destination.path()))) {
      SenderOptions options =
          SenderOptions.to(receiver.address()).withVerify(true).withStateFolder(source.path());
      target.awaitMoreLines(20);

      assertRollsBack(target, options, "freeze", source::fill);
      source.empty();
      assertRollsBack(target, options, "freeze", destination::fill);
      destination.empty();

      receiver.nextReport();
      receiver.nextReport();
      receiver.receive(target, options);
      assertGoesOn(target, A_CHECK);
    }
  }

  private static void assertRollsBack(
      TargetProcess target, SenderOptions options, String phase, Step shortage) throws Exception {
    MigrationListener listener =
        new MigrationListener() {
          @Override
          public void phaseBegan(String name) {
            if (name.equals(phase)) {
              try {
                shortage.run();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            }
          }
        };

    MigrationRolledBackException failure =
        catchThrowableOfType(
            MigrationRolledBackException.class,
            () -> new Sender(options, listener).send(target.pid()));

    assertThat(failure).as("the migration has failed").isNotNull();
    long start = System.nanoTime();
    target.awaitMoreLines(1);
    System.out.printf(
        "%s; ran on after %d ms%n", failure.getMessage(), (System.nanoTime() - start) / 1_000_000);
    assertThat(failure).hasMessageContaining("the target runs on here, unharmed");
    assertThat(ProcessStatus.parse(ProcFs.read(target.pid(), "status")).tracerPid()).isZero();
    assertGoesOn(target, 20);
  }

  private static void assertMoves(
      TargetProcess target, SenderOptions options, CommandLineJvm receiver) throws Exception {
    new Sender(options, MigrationListener.none()).send(target.pid());
    target.movedTo(receiver.awaitRestored());
    assertGoesOn(target, A_CHECK);
  }

  private static void assertGoesOn(TargetProcess target, int lines) throws IOException {
    target.awaitMoreLines(lines);
    List<Long> numbers = target.numbers();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }

  private CommandLineJvm receiver() throws IOException {
    return CommandLineJvm.start(folder, List.of(), "receive", "0", "--rehearsals=0");
  }

  private static void limitDescriptors(CommandLineJvm receiver, int limit) throws Exception {
    run("prlimit", "--pid", Long.toString(receiver.process().pid()), "--nofile=" + limit + ":");
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
        .as("exit status of %s", List.of(command))
        .isZero();
  }

  /** A file system of few pages. */
  private record SmallDisk(Path path) implements AutoCloseable {
    static SmallDisk in(Path folder, String name) throws Exception {
      Path path = Files.createDirectory(folder.resolve(name));
      run("mount", "-t", "tmpfs", "-o", "size=256k,mode=700", "none", path.toString());
      return new SmallDisk(path);
    }

    void fill() {
      assertThatThrownBy(() -> Files.write(path.resolve("rest"), new byte[1 << 20]))
          .isInstanceOf(IOException.class);
    }

    void empty() throws IOException {
      Files.delete(path.resolve("rest"));
    }

    @Override
    public void close() throws Exception {
      run("umount", "--lazy", path.toString());
    }
  }

  /** A group of processes with a limit on their number, threads included. */
  private record PidsGroup(Path path) implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup/pids");

    static boolean isPossible() {
      return Files.isWritable(ROOT.resolve("cgroup.procs"));
    }

    static PidsGroup of(long pid) throws IOException {
      Path path = Files.createDirectory(ROOT.resolve("live-migration-" + pid));
      Files.writeString(path.resolve("cgroup.procs"), Long.toString(pid));
      return new PidsGroup(path);
    }

    /** No new ones, whichever of the present ones end. */
    void exhaust() throws IOException {
      Files.writeString(path.resolve("pids.max"), "1");
    }

    void enlarge() throws IOException {
      Files.writeString(path.resolve("pids.max"), "max");
    }

    /** Its processes are the root's again. */
    @Override
    public void close() throws IOException {
      for (String pid : Files.readAllLines(path.resolve("cgroup.procs"))) {
        Files.writeString(ROOT.resolve("cgroup.procs"), pid);
      }
      Files.delete(path);
    }
  }
}
