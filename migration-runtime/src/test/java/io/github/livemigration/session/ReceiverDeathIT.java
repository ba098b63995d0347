package io.github.livemigration.session;

import static io.github.livemigration.session.StallingProxy.ENOUGH_TO_RESTORE;
import static io.github.livemigration.session.StallingProxy.MORE_MIB_THAN_PASS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The receiver is killed at moments that matter. */
class ReceiverDeathIT {
  @TempDir Path folder;

  @Test
  void deathBeforeCommitLeavesTheTargetRunning() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 64);
        CommandLineJvm receiver = CommandLineJvm.receiver(folder)) {
      target.awaitMoreLines(20);
      MigrationListener killer =
          new MigrationListener() {
            @Override
            public void phaseBegan(String name) {
              if (name.equals("freeze")) {
                Signals.kill(
                    (int) receiver.process().pid(), Signals.SIGSTOP); // It restores nothing.
              } else if (name.equals("restore")) {
                receiver.process().destroyForcibly();
              }
            }
          };
      Sender sender = new Sender(SenderOptions.to(receiver.address()), killer);

      assertThatThrownBy(() -> sender.send(target.pid()))
          .isInstanceOf(MigrationRolledBackException.class)
          .hasMessageContaining("the target runs on here, unharmed");

      target.awaitMoreLines(600); // Long enough for the target to check its memory.
      List<Long> numbers = target.numbers();
      assertThat(numbers.get(numbers.size() - 1)).isEqualTo(numbers.size());
    }
  }

  @Test
  void deathInPostCopyMakesThreadsWaitInsteadOfReadingZeros() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MORE_MIB_THAN_PASS);
        CommandLineJvm receiver = CommandLineJvm.receiver(folder);
        StallingProxy proxy = new StallingProxy(receiver.address(), ENOUGH_TO_RESTORE)) {
      target.awaitMoreLines(20);
      Timeouts impatient = Timeouts.usual().with("outage", Duration.ofMillis(500));
      Sender sender =
          new Sender(
              SenderOptions.to(proxy.address()).withTimeouts(impatient), MigrationListener.none());
      Thread sending =
          new Thread(
              () ->
                  assertThatThrownBy(() -> sender.send(target.pid()))
                      .isInstanceOf(MigrationFailedException.class)
                      .hasMessageContaining("is kept stopped here"));
      sending.start();
      int hostPid = receiver.awaitRestored();
      int source = target.pid();
      target.movedTo(hostPid);

      // It goes on until it checks its memory, most of which is not there.
      target.awaitSilence();
      receiver.process().destroyForcibly().waitFor();
      sending.join();

      await()
          .during(Duration.ofSeconds(1))
          .until(() -> target.isAlive() && !text(target).contains("memory is not what it was"));
      assertThat(stateOf(source)).as("state of the source").isIn('T', 't');
      Signals.kill(source, Signals.SIGKILL);
    }
  }

  @Test
  void deathAfterCompletionLeavesTheProcessRunning() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 4);
        CommandLineJvm receiver = CommandLineJvm.receiver(folder)) {
      InetSocketAddress address = receiver.address();
      target.awaitMoreLines(20);
      new Sender(SenderOptions.to(address), MigrationListener.none()).send(target.pid());
      target.movedTo(receiver.awaitRestored());

      receiver.process().destroyForcibly().waitFor();

      target.awaitMoreLines(600); // Long enough for the target to check its memory.
      List<Long> numbers = target.numbers();
      assertThat(numbers.get(numbers.size() - 1)).isEqualTo(numbers.size());
    }
  }

  private static String text(TargetProcess target) throws IOException {
    return String.join("\n", target.lines());
  }

  private static char stateOf(int pid) {
    return ProcessStatus.parse(ProcFs.read(pid, "status")).state();
  }
}
