package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A receiver is killed while pages are missing, and started again. */
class RestartedReceiverIT {
  /** Lets a control connection and the image through, but not 64 MiB of pages. */
  private static final long ENOUGH_TO_RESTORE = 24 << 20;

  @TempDir Path folder;

  @Test
  void restartedReceiverGoesOn() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 64);
        CommandLineJvm first = receiver();
        StallingProxy proxy = new StallingProxy(first.address(), ENOUGH_TO_RESTORE)) {
      target.awaitMoreLines(20);
      int source = target.pid();
      CompletableFuture<MigrationReport> sending = send(proxy, source);
      int hostPid = first.awaitRestored();
      target.movedTo(hostPid);
      awaitBlocked(target);
      first.process().destroyForcibly().waitFor();

      try (CommandLineJvm second = receiver()) {
        proxy.leadTo(second.address());
        proxy.release();

        MigrationReport report = sending.get(60, TimeUnit.SECONDS);
        assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
        assertThat(second.awaitRestored()).isEqualTo(hostPid);
        target.awaitMoreLines(600); // Long enough for the target to check its memory.
        List<Long> numbers = target.numbers();
        assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
        assertThat(ProcFs.exists("/proc/" + source)).as("the source process is there").isFalse();
        assertThat(notes()).isEmpty();

        Signals.kill(hostPid, Signals.SIGKILL);
        await().until(() -> second.words().contains("ended: pid " + source + ", exit status 137"));
      }
    }
  }

  private CommandLineJvm receiver() throws IOException {
    return CommandLineJvm.start(
        folder, List.of(), "receive", "0", "--rehearsals", "0", "--state", state().toString());
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

  private CompletableFuture<MigrationReport> send(StallingProxy proxy, int pid) {
    SenderOptions options =
        SenderOptions.to(proxy.address())
            .withVerify(true)
            .withStateFolder(folder.resolve("sender"));
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return new Sender(options, MigrationListener.none()).send(pid);
          } catch (MigrationException e) {
            throw new CompletionException(e);
          }
        });
  }

  /** It goes on until it checks its memory, most of which is not there. */
  private static void awaitBlocked(TargetProcess target) {
    await()
        .pollDelay(Duration.ofMillis(300))
        .pollInterval(Duration.ofMillis(300))
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> {
              int before = target.lines().size();
              await().pollDelay(Duration.ofMillis(200)).until(() -> true);
              return target.lines().size() == before;
            });
  }
}
