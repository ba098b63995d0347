package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.session.FrameProxy.Verdict;
import io.github.livemigration.wire.FrameType;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections are cut at named frames; exactly one copy goes on, and not a number is lost. */
class OutageIT {
  /** More than is sent before the freeze, so that pages are to come after COMMIT. */
  private static final int MEBIBYTES = 64;

  /** Long enough for the target to check its memory. */
  private static final int A_CHECK = 510;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "COMMIT, CUT_AFTER",
    "RESUMED, CUT_BEFORE",
    "RESUMED, CUT_AFTER",
    "GET_PAGES, CUT_BEFORE",
    "PAGES, CUT_THIS",
    "PAGES, CUT_BEFORE",
    "COMPLETE, CUT_BEFORE",
    "COMPLETE, CUT_AFTER",
    "COMPLETE_ACK, CUT_BEFORE",
    "COMPLETE_ACK, CUT_AFTER",
    "STATE, CUT_BEFORE",
  })
  void cutAfterCommitIsSurvived(FrameType at, Verdict verdict) throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy = new FrameProxy(receiver.address(), FrameProxy.once(at, verdict))) {
      target.awaitMoreLines(20);

      MigrationReport report = receiver.receive(target, options(proxy.address()));

      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(proxy.cuts()).isEqualTo(1);
      assertGoesOn(target);
      assertNoSessionIsNoted();
    }
  }

  @ParameterizedTest
  @CsvSource({"IMAGE", "RESTORED", "COMMIT"})
  void cutUntilCommitArrivesLeavesTheTargetRunningHere(FrameType at) throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy =
            new FrameProxy(receiver.address(), FrameProxy.once(at, Verdict.CUT_BEFORE))) {
      target.awaitMoreLines(20);
      Sender sender = new Sender(options(proxy.address()), MigrationListener.none());

      assertThatThrownBy(() -> sender.send(target.pid()))
          .isInstanceOf(MigrationRolledBackException.class)
          .hasMessageContaining("the target runs on here, unharmed");

      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);
      assertGoesOn(target);
      assertNoSessionIsNoted();
    }
  }

  @Test
  void manyOutagesInARowAreSurvived() throws Exception {
    FrameProxy.Rule often =
        (type, count) ->
            type == FrameType.PAGES && count % 20 == 0 && count <= 240
                ? Verdict.CUT_BEFORE
                : Verdict.PASS;
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy = new FrameProxy(receiver.address(), often)) {
      target.awaitMoreLines(20);

      MigrationReport report = receiver.receive(target, options(proxy.address()));

      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(proxy.cuts()).isGreaterThan(2);
      assertGoesOn(target);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 60})
  @Tag("long")
  void outageOfRealTimeIsSurvived(int seconds) throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        TestReceiver receiver = new TestReceiver();
        FrameProxy proxy =
            new FrameProxy(
                receiver.address(), FrameProxy.once(FrameType.PAGES, Verdict.CUT_AND_CLOSE))) {
      target.awaitMoreLines(20);
      CompletableFuture<Void> end =
          CompletableFuture.runAsync(
              () -> {
                await().forever().until(() -> proxy.cuts() > 0);
                await()
                    .forever()
                    .pollDelay(Duration.ofSeconds(seconds))
                    .until(() -> proxy.refused() > 0);
                proxy.open(true);
              });

      MigrationReport report = receiver.receive(target, options(proxy.address()));

      end.join();
      System.out.printf(
          "%d s: %d connections turned away, pages there %.0f ms after the start%n",
          seconds, proxy.refused(), report.totalMillis());
      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      assertGoesOn(target);
      assertNoSessionIsNoted();
    }
  }

  @Test
  void silenceLongerThanADemandMayTakeIsAnOutage() throws Exception {
    Timeouts impatient = Timeouts.usual().with("demand", Duration.ofMillis(300));
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        TestReceiver receiver = new TestReceiver(impatient);
        FrameProxy proxy =
            new FrameProxy(
                receiver.address(),
                (type, count) ->
                    type == FrameType.PAGES && count < 4 ? Verdict.STALL : Verdict.PASS)) {
      target.awaitMoreLines(20);

      MigrationReport report = receiver.receive(target, options(proxy.address()));

      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(proxy.cuts()).isPositive();
      assertGoesOn(target);
    }
  }

  @Test
  void pauseLongerThanAConnectionMayTakeToComeIsNone() throws Exception {
    Timeouts quick = Timeouts.usual().with("connect", Duration.ofSeconds(1));
    AtomicInteger greetings = new AtomicInteger();
    FrameProxy.Rule pausing =
        (type, count) -> {
          if (type == FrameType.HELLO) {
            greetings.set(count);
          } else if (type == FrameType.PAGES && count == 4) {
            await().pollDelay(Duration.ofMillis(1500)).until(() -> true);
          }
          return Verdict.PASS;
        };
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        TestReceiver receiver = new TestReceiver(quick);
        FrameProxy proxy = new FrameProxy(receiver.address(), pausing)) {
      target.awaitMoreLines(20);

      MigrationReport report = receiver.receive(target, options(proxy.address()));

      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(greetings).as("connections").hasValue(3);
      assertGoesOn(target);
    }
  }

  @Test
  void outageBeyondPatienceStopsBothCopiesUntilAnotherSenderGoesOn() throws Exception {
    Timeouts impatient = Timeouts.usual().with("outage", Duration.ofMillis(500));
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        TestReceiver receiver = new TestReceiver(impatient);
        FrameProxy proxy =
            new FrameProxy(
                receiver.address(), FrameProxy.once(FrameType.PAGES, Verdict.CUT_AND_CLOSE))) {
      target.awaitMoreLines(20);
      int source = target.pid();
      SenderOptions options = options(proxy.address()).withTimeouts(impatient);
      MigrationFailedException failure =
          catchThrowableOfType(
              MigrationFailedException.class,
              () -> new Sender(options, MigrationListener.none()).send(source));

      String session = sessions().get(0);
      assertThat(failure)
          .hasMessageContaining("is kept stopped here")
          .hasMessageContaining("send --resume " + session);
      MigrationReport stopped = receiver.nextReport();
      assertThat(stopped.outcome()).isEqualTo(Outcome.FAILED);
      await().until(() -> stateOf(source) == 'T' && stateOf(stopped.hostPid()) == 'T');

      proxy.open(true);
      MigrationReport resumed = new Sender(options, MigrationListener.none()).resume(session);

      assertThat(resumed.outcome()).isEqualTo(Outcome.COMPLETED);
      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.COMPLETED);
      target.movedTo(stopped.hostPid());
      assertGoesOn(target);
      assertThat(ProcFs.exists("/proc/" + source)).as("the source process is there").isFalse();
      assertNoSessionIsNoted();
    }
  }

  private SenderOptions options(InetSocketAddress address) {
    return SenderOptions.to(address).withVerify(true).withStateFolder(folder.resolve("state"));
  }

  private List<String> sessions() throws Exception {
    try (Stream<Path> files = Files.list(folder.resolve("state"))) {
      return files
          .map(file -> file.getFileName().toString().replaceFirst("\\.session$", ""))
          .toList();
    }
  }

  private void assertNoSessionIsNoted() throws Exception {
    assertThat(sessions()).isEmpty();
  }

  private static void assertGoesOn(TargetProcess target) throws Exception {
    target.awaitMoreLines(A_CHECK);
    List<Long> numbers = target.numbers();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }

  private static char stateOf(int pid) {
    return ProcessStatus.parse(ProcFs.read(pid, "status")).state();
  }
}
