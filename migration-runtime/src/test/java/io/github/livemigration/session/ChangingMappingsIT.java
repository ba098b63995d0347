package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.livemigration.linux.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was read before the freeze is old in the downtime. A first attempt may fail for it, and the
 * second one reads again.
 */
class ChangingMappingsIT {
  private static final int HOPS = 6;
  private static final int SIGUSR1 = 10;

  @TempDir Path folder;

  @Test
  void processThatChangesAdviceAllTheTimeMoves() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "toggling_advice.py");
        TestReceiver a = new TestReceiver();
        TestReceiver b = new TestReceiver()) {
      target.awaitMoreLines(10);
      for (int hop = 0; hop < HOPS; hop++) {
        TestReceiver receiver = hop % 2 == 0 ? a : b;
        assertThat(receiver.receive(target).outcome()).isEqualTo(Outcome.COMPLETED);
        target.awaitMoreLines(10);
      }
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }

  /** The long run of pages that was there is not looked at again. */
  @Test
  void pagesThatAreTouchedFirstBetweenPlanAndFreezeMove() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "filling.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(10);
      SenderOptions options = SenderOptions.to(receiver.address()).withVerify(true);
      new Sender(options, beforeTheFreeze(() -> awaitFiveLines(target))).send(target.pid());
      target.movedTo(receiver.nextReport().hostPid());
      target.awaitMoreLines(10);
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }

  /** Mappings, pages and threads that were planned change, go and come until the freeze. */
  @Test
  void processThatIsNotWhatWasPlannedMoves() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "changing_plans.py", folder);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(10);
      SenderOptions options = SenderOptions.to(receiver.address()).withVerify(true);
      new Sender(options, changing(target)).send(target.pid());
      MigrationReport report = receiver.nextReport();
      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(report.pages().precopied()).isPositive();
      assertThat(report.pages().hot()).isPositive();
      target.movedTo(report.hostPid());
      target.awaitMoreLines(10);

      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }

  /** What the sender has opened of the target's would be taken for that of another process. */
  @Test
  void processThatCannotMoveSinceItsPreflightIsLeftWithNothingOpened() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "appearing_state.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(10);
      Sender sender = new Sender(SenderOptions.to(receiver.address()), changing(target));

      assertThatThrownBy(() -> sender.send(target.pid()))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("fanotify");

      assertThat(openFiles()).noneMatch(file -> file.startsWith("/memfd:appearing"));
      target.awaitMoreLines(10);
    }
  }

  @Test
  void threadThatHasLeftTheOthersSinceThePreflightIsRefusedByName() throws Exception {
    String script =
        """
        import ctypes, itertools, signal, threading, time
        libc = ctypes.CDLL(None)
        def leave():
          libc.unshare(0x200)  # CLONE_FS
          left.set()
          time.sleep(3600)
        def handler(number, frame):
          threading.Thread(target=leave, daemon=True).start()
          left.wait()
        left = threading.Event()
        signal.signal(signal.SIGUSR1, handler)
        for number in itertools.count(1):
          print(number)
          time.sleep(0.005)
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(10);
      Sender sender = new Sender(SenderOptions.to(receiver.address()), changing(target));

      assertThatThrownBy(() -> sender.send(target.pid()))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("it has its own working directory");
      target.awaitMoreLines(10);
    }
  }

  private static List<String> openFiles() throws IOException {
    List<String> files = new ArrayList<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(Path.of("/proc/self/fd"))) {
      for (Path descriptor : descriptors) {
        if (Files.isSymbolicLink(descriptor)) {
          files.add(Files.readSymbolicLink(descriptor).toString());
        }
      }
    }
    return files;
  }

  private static MigrationListener changing(TargetProcess target) {
    return beforeTheFreeze(
        () -> {
          Signals.kill(target.pid(), SIGUSR1);
          awaitFiveLines(target);
        });
  }

  private static MigrationListener beforeTheFreeze(Runnable action) {
    return new MigrationListener() {
      @Override
      public void phaseBegan(String name) {
        if (name.equals("freeze")) {
          action.run();
        }
      }
    };
  }

  private static void awaitFiveLines(TargetProcess target) {
    try {
      target.awaitMoreLines(5);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
