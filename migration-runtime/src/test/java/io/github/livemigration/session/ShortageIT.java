package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
        CommandLineJvm receiver = CommandLineJvm.receiver(folder)) {
      SenderOptions options = SenderOptions.to(receiver.address()).withVerify(true);
      target.awaitMoreLines(20);

      assertRollsBack(target, options, "freeze", () -> limitDescriptors(receiver, 3));

      limitDescriptors(receiver, 1024);
      assertMoves(target, options, receiver);
    }
  }

  @Test
  void receiverWithoutProcessIds() throws Exception {
    assumeTrue(ControlGroup.isPossible("pids"), "no cgroup of the controller pids can be made");
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 2, 4);
        CommandLineJvm receiver = CommandLineJvm.receiver(folder)) {
      SenderOptions options = SenderOptions.to(receiver.address()).withVerify(true);
      try (ControlGroup group = ControlGroup.of("pids", receiver.process().pid())) {
        target.awaitMoreLines(20);

        // No new ones, threads included, whichever of the present ones end.
        assertRollsBack(target, options, "connect", () -> group.set("pids.max", "1"));

        group.set("pids.max", "max");
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

  @ParameterizedTest
  @ValueSource(strings = {"capture", "restore", "commit"})
  void senderWithoutHeap(String phase) throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 2, 4);
        TestReceiver receiver = new TestReceiver()) {
      SenderOptions options = SenderOptions.to(receiver.address()).withVerify(true);
      target.awaitMoreLines(20);

      assertRollsBack(target, options, phase, ShortageIT::runOutOfHeap);

      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);
      receiver.receive(target);
      assertGoesOn(target, A_CHECK);
    }
  }

  @Test
  void senderWithoutHeapAfterCommit() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 2, 4);
        TestReceiver receiver = new TestReceiver()) {
      SenderOptions options =
          SenderOptions.to(receiver.address()).withStateFolder(folder.resolve("sessions"));
      List<String> sessions = new ArrayList<>();
      target.awaitMoreLines(20);

      assertThatThrownBy(
              () -> new Sender(options, exhausted("post-copy", sessions)).send(target.pid()))
          .isInstanceOf(MigrationFailedException.class)
          .hasMessageContaining("java.lang.OutOfMemoryError")
          .hasMessageContaining("is kept stopped here");

      new Sender(options, MigrationListener.none()).resume(sessions.get(0));
      target.movedTo(receiver.nextReport().hostPid());
      assertGoesOn(target, A_CHECK);
    }
  }

  /** The source must not be told that it may go on: a copy runs, until it is killed. */
  @Test
  void receiverWithoutHeapAfterCommit() throws Exception {
    List<String> none = new ArrayList<>();
    BlockingQueue<MigrationReport> reports = new LinkedBlockingQueue<>();
    ReceiverListener listener =
        new ReceiverListener() {
          @Override
          public void phaseBegan(String name) {
            exhausted("post-copy", none).phaseBegan(name);
          }

          @Override
          public void finished(MigrationReport report) {
            reports.add(report);
          }
        };
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 2, 4);
        Receiver receiver = Receiver.bind(ReceiverOptions.on(loopback), listener)) {
      receiver.open();
      SenderOptions options = SenderOptions.to(receiver.address());
      target.awaitMoreLines(20);

      assertThatThrownBy(() -> new Sender(options, MigrationListener.none()).send(target.pid()))
          .isInstanceOf(MigrationFailedException.class)
          .hasMessageContaining("the destination has given up and killed its copy");

      MigrationReport report = reports.take();
      assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
      assertThat(ProcFs.exists("/proc/" + report.hostPid())).as("the copy is there").isFalse();
      // The signal is on its way when the sender comes back.
      await().until(() -> ProcessStatus.parse(ProcFs.read(target.pid(), "status")).state() == 'T');
      Signals.kill(target.pid(), Signals.SIGCONT);
      target.awaitMoreLines(A_CHECK);
    }
  }

  private static void runOutOfHeap() {
    throw new OutOfMemoryError("the test's");
  }

  private static MigrationListener exhausted(String phase, List<String> sessions) {
    return new MigrationListener() {
      @Override
      public void phaseBegan(String name) {
        if (name.equals(phase)) {
          runOutOfHeap();
        }
      }

      @Override
      public void sessionNoted(String session) {
        sessions.add(session);
      }
    };
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
}
