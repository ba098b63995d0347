package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.session.FrameProxy.Verdict;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The sender is killed by SIGKILL at moments that matter; exactly one copy can run. */
class SenderDeathIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Long enough for the target to check its memory. */
  private static final int A_CHECK = 510;

  @TempDir Path folder;
  private Path state;

  @BeforeEach
  void chooseStateFolder() {
    state = folder.resolve("state");
  }

  @ParameterizedTest
  @ValueSource(strings = {"capture", "restore", "commit"})
  void deathBeforeCommitLetsTheTargetRunOn(String phase) throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 4);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(20);
      Map<String, List<String>> before = signals(target.pid());

      DyingSender.start(target.pid(), receiver.address(), state, phase, "0").waitFor();

      assertRunsOnUnchanged(target, before, phase);
      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"IMAGE", "RESTORED"})
  void deathWhileTheReceiverWorksLetsTheTargetRunOn(FrameType at) throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 4);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy = new FrameProxy(receiver.address(), FrameProxy.once(at, Verdict.STALL))) {
      target.awaitMoreLines(20);
      Map<String, List<String>> before = signals(target.pid());

      killOnceStalled(target, proxy);

      assertRunsOnUnchanged(target, before, at.name());
    }
  }

  @ParameterizedTest
  @CsvSource({"false, -1", "true, -1", "true, 34"})
  void deathInPostCopyLeavesASourceThatAnotherSenderServes(boolean woken, int deniedCall)
      throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 64, deniedCall);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy =
            new FrameProxy(receiver.address(), FrameProxy.once(FrameType.PAGES, Verdict.STALL))) {
      target.awaitMoreLines(20);
      int source = target.pid();
      Process sender = stalledSender(target, proxy);
      await().atMost(PATIENCE).until(() -> blocksAllSignals(source));
      sender.destroyForcibly().waitFor();
      await().until(() -> status(source).state() == 'T');
      assertThat(status(source).tracerPid()).isZero();
      if (woken) {
        // As the kernel does when the terminal of a stopped program goes away.
        Signals.kill(source, Signals.SIGHUP);
        Signals.kill(source, Signals.SIGCONT);
        await().until(() -> status(source).state() == (deniedCall < 0 ? 'S' : 'R'));
      }
      Path file = sessionFile();
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");

      MigrationReport report = resume(file);

      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      MigrationReport received = receiver.nextReport();
      assertThat(received.outcome()).isEqualTo(Outcome.COMPLETED);
      target.movedTo(received.hostPid());
      assertGoesOn(target);
      assertThat(ProcFs.exists("/proc/" + source)).as("the source process is there").isFalse();
      assertThat(file).doesNotExist();
    }
  }

  @Test
  void deathWithCommitOnTheWayIsUndoneByAnotherSender() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 4);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy =
            new FrameProxy(receiver.address(), FrameProxy.once(FrameType.COMMIT, Verdict.STALL))) {
      target.awaitMoreLines(20);
      Map<String, List<String>> before = signals(target.pid());
      killOnceStalled(target, proxy);
      await().until(() -> status(target.pid()).state() == 'T');

      assertThatThrownBy(() -> resume(sessionFile()))
          .isInstanceOf(MigrationRolledBackException.class)
          .hasMessageContaining("the target runs on here, unharmed");

      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);
      assertRunsOnUnchanged(target, before, "COMMIT on the way");
    }
  }

  /** Its session would be told to let the target run, which another one has moved meanwhile. */
  @Test
  void senderThatDiedBeforeCommitLeavesNoSessionToTheNextOnes() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 64);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy =
            new FrameProxy(receiver.address(), FrameProxy.once(FrameType.PAGES, Verdict.STALL))) {
      target.awaitMoreLines(20);
      int source = target.pid();
      DyingSender.start(source, receiver.address(), state, "commit", "0").waitFor();
      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);
      Path first = sessionFile();
      Process second = stalledSender(target, proxy);
      await().atMost(PATIENCE).until(() -> blocksAllSignals(source));
      second.destroyForcibly().waitFor();
      await().until(() -> status(source).state() == 'T');

      assertThat(first).doesNotExist();
      Sender third =
          new Sender(
              SenderOptions.to(receiver.address()).withStateFolder(state),
              MigrationListener.none());
      assertThatThrownBy(() -> third.send(source))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("send --resume");
      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);

      assertThat(resume(sessionFile()).outcome()).isEqualTo(Outcome.COMPLETED);
      target.movedTo(receiver.nextReport().hostPid());
      assertGoesOn(target);
    }
  }

  @Test
  void targetThatItsUserHadStoppedStaysStoppedWhenAnotherSenderUndoesTheRest() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy =
            new FrameProxy(receiver.address(), FrameProxy.once(FrameType.COMMIT, Verdict.STALL))) {
      target.awaitMoreLines(20);
      Signals.kill(target.pid(), Signals.SIGSTOP);
      await().until(() -> status(target.pid()).state() == 'T');
      killOnceStalled(target, proxy);
      await().until(() -> status(target.pid()).state() == 'T');

      assertThatThrownBy(() -> resume(sessionFile()))
          .isInstanceOf(MigrationRolledBackException.class);

      await()
          .during(Duration.ofMillis(300))
          .atMost(PATIENCE)
          .until(() -> status(target.pid()).state() == 'T');
      Signals.kill(target.pid(), Signals.SIGCONT);
      assertGoesOn(target);
    }
  }

  /** Start a sender that waits for what the proxy holds back. */
  private Process stalledSender(TargetProcess target, FrameProxy proxy) throws Exception {
    Process sender = DyingSender.start(target.pid(), proxy.address(), state, "never", "0");
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              assertThat(sender.isAlive() || proxy.cuts() > 0)
                  .as("%s", Files.readString(state.resolveSibling("sender.txt")))
                  .isTrue();
              return proxy.cuts() > 0;
            });
    return sender;
  }

  private void killOnceStalled(TargetProcess target, FrameProxy proxy) throws Exception {
    stalledSender(target, proxy).destroyForcibly().waitFor();
  }

  private MigrationReport resume(Path file) throws Exception {
    return new Sender(
            SenderOptions.to(new InetSocketAddress("127.0.0.1", 1)), MigrationListener.none())
        .resume(file.toString());
  }

  private Path sessionFile() throws IOException {
    try (Stream<Path> files = Files.list(state)) {
      return files.findFirst().orElseThrow();
    }
  }

  private static void assertRunsOnUnchanged(
      TargetProcess target, Map<String, List<String>> before, String moment) throws Exception {
    long start = System.nanoTime();
    target.awaitMoreLines(1);
    System.out.printf("%s: ran on after %d ms%n", moment, (System.nanoTime() - start) / 1_000_000);
    assertThat(signals(target.pid())).isEqualTo(before);
    assertThat(status(target.pid()).tracerPid()).isZero();
    assertGoesOn(target);
  }

  /** Returns what signals each thread has pending, blocks, ignores and handles. */
  private static Map<String, List<String>> signals(int pid) {
    Map<String, List<String>> signals = new TreeMap<>();
    for (String tid : ProcFs.list("/proc/" + pid + "/task")) {
      signals.put(
          tid,
          ProcFs.readText("/proc/" + pid + "/task/" + tid + "/status")
              .lines()
              .filter(line -> line.matches("(SigPnd|ShdPnd|SigBlk|SigIgn|SigCgt):.*"))
              .toList());
    }
    return signals;
  }

  private static boolean blocksAllSignals(int pid) {
    return signals(pid).values().stream()
        .allMatch(lines -> lines.stream().anyMatch(line -> line.matches("SigBlk:\\s+fffffff.*")));
  }

  private static void assertGoesOn(TargetProcess target) throws Exception {
    target.awaitMoreLines(A_CHECK);
    List<Long> numbers = target.numbers();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }

  private static ProcessStatus status(int pid) {
    return ProcessStatus.parse(ProcFs.read(pid, "status"));
  }
}
