package io.github.livemigration.session;

import static io.github.livemigration.session.StallingProxy.ENOUGH_TO_RESTORE;
import static io.github.livemigration.session.StallingProxy.MORE_MIB_THAN_PASS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.session.FrameProxy.Verdict;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A receiver is killed while pages are missing, and started again. */
class RestartedReceiverIT {
  /** A receiver that starts anew on a host with much to do takes long for the first handshakes. */
  private static final int PATIENCE_MINUTES = 5;

  @TempDir Path folder;

  /** Under TLS, where the session belongs to a certificate. */
  @Test
  void restartedReceiverGoesOnWithAProcessAndItsChild() throws Exception {
    TestKeys keys = new TestKeys(folder);
    Path key = keys.key("both");
    Path trust = keys.trust("both", "both");
    String password = Files.writeString(folder.resolve("password"), TestKeys.PASSWORD).toString();
    String[] tls = {"--keystore=" + key, "--truststore=" + trust, "--password-file=" + password};
    try (TargetProcess target =
            TargetProcess.python(folder, "forking_counter.py", MORE_MIB_THAN_PASS);
        CommandLineJvm first = receiver(tls);
        StallingProxy proxy = new StallingProxy(first.address(), ENOUGH_TO_RESTORE)) {
      target.awaitMoreLines(20);
      int source = target.pid();
      CompletableFuture<MigrationReport> sending =
          send(optionsTo(proxy.address()).withKeys(TestKeys.load(key, trust)), source);
      int hostPid = first.awaitRestored();
      target.movedTo(hostPid);
      Signals.kill(hostPid, Signals.SIGUSR1);
      awaitWord(target, "forked");
      target.awaitSilence();
      first.process().destroyForcibly().waitFor();

      try (CommandLineJvm second = receiver(tls)) {
        proxy.leadTo(second.address());
        proxy.release();

        MigrationReport report = sending.get(PATIENCE_MINUTES, TimeUnit.MINUTES);
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(second.awaitRestored()).isEqualTo(hostPid);
        target.awaitMoreLines(600); // Long enough for the target to check its memory.
        awaitWord(target, "child"); // Its memory is right, too.
        List<Long> numbers =
            target.lines().stream()
                .filter(line -> !line.equals("forked") && !line.equals("child"))
                .map(Long::parseLong)
                .toList();
        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
        assertThat(ProcFs.exists("/proc/" + source)).as("the source process is there").isFalse();
        assertThat(notes()).isEmpty();

        Signals.kill(hostPid, Signals.SIGKILL);
        await().until(() -> second.words().contains("ended: pid " + source + ", exit status 137"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"COMMIT, ROLLED_BACK", "RESUMED, COMPLETED", "COMPLETE_ACK, COMPLETED"})
  void deathAtTheHandOverLeavesOneCopy(FrameType lost, Outcome outcome) throws Exception {
    assertOneCopy(lost, outcome);
  }

  @ParameterizedTest
  @CsvSource({
    "PREPARED, ROLLED_BACK",
    "PLANNED, ROLLED_BACK",
    "IMAGE, ROLLED_BACK",
    "CONTENTS, ROLLED_BACK",
    "RESTORED, ROLLED_BACK",
    "COMPLETE, COMPLETED",
    "STATE, COMPLETED"
  })
  @Tag("long")
  void deathAtAnyOtherMessageLeavesOneCopy(FrameType lost, Outcome outcome) throws Exception {
    assertOneCopy(lost, outcome);
  }

  /** The frame is lost, and the last thing that happens; the receiver is killed then. */
  private void assertOneCopy(FrameType lost, Outcome outcome) throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 24);
        CommandLineJvm first = receiver();
        FrameProxy proxy =
            new FrameProxy(
                first.address(),
                (type, count) -> type == lost && count == 1 ? kill(first) : Verdict.PASS)) {
      target.awaitMoreLines(20);
      int source = target.pid();
      CompletableFuture<MigrationReport> sending = send(optionsTo(proxy.address()), source);
      first.process().waitFor();

      try (TestReceiver second = new TestReceiver(options -> options.withStateFolder(state()))) {
        proxy.leadTo(second.address());

        boolean moved = outcome == Outcome.COMPLETED;
        if (moved) {
          assertThat(sending.get(PATIENCE_MINUTES, TimeUnit.MINUTES).outcome()).isEqualTo(outcome);
          target.movedTo(
              lost == FrameType.STATE // The first may have come to the end of the session.
                  ? first.awaitRestored()
                  : second.nextReport().hostPid());
        } else {
          assertThatThrownBy(() -> sending.get(PATIENCE_MINUTES, TimeUnit.MINUTES))
              .hasCauseInstanceOf(MigrationRolledBackException.class);
        }
        target.awaitMoreLines(600); // Long enough for the target to check its memory.
        List<Long> numbers = target.numbers();
        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
        assertThat(ProcFs.exists("/proc/" + source)).as("it is here").isNotEqualTo(moved);
      }
    }
  }

  private static Verdict kill(CommandLineJvm receiver) {
    receiver.process().destroyForcibly();
    return Verdict.CUT_BEFORE;
  }

  private CommandLineJvm receiver(String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("receive", "0", "--rehearsals=0", "--state=" + state()));
    arguments.addAll(List.of(more));
    return CommandLineJvm.start(folder, List.of(), arguments.toArray(String[]::new));
  }

  private Path state() {
    return folder.resolve("state");
  }

  private List<String> notes() throws IOException {
    try (Stream<Path> files = Files.list(state())) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.equals("receiver.lock"))
          .toList();
    }
  }

  private SenderOptions optionsTo(InetSocketAddress address) {
    return SenderOptions.to(address).withVerify(true).withStateFolder(folder.resolve("sender"));
  }

  private CompletableFuture<MigrationReport> send(SenderOptions options, int pid) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new Sender(options, MigrationListener.none()).send(pid);
          } catch (MigrationException e) {
            throw new CompletionException(e);
          }
        });
  }

  private static void awaitWord(TargetProcess target, String word) {
    await().atMost(Duration.ofSeconds(60)).until(() -> target.lines().contains(word));
  }
}
