package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The destination has less memory than the target needs, or finds out when it is too late. */
class MemoryShortageIT {
  private static final int TARGET_MIB = 96;
  private static final int A_CHECK = 510;
  private static final String LIMIT = "memory.limit_in_bytes";

  private static final int LITTLE_MIB = 4;

  @TempDir Path folder;

  private final List<String> warnings = new CopyOnWriteArrayList<>();

  @BeforeEach
  void needGroups() {
    assumeTrue(ControlGroup.isPossible("memory"), "no cgroup of the controller memory");
  }

  @Test
  void tooSmallALimitIsRefusedAndOneThatComesLaterRolledBack() throws Exception {
    try (TargetProcess target = target();
        CommandLineJvm receiver = CommandLineJvm.receiver(folder);
        ControlGroup group = groupOf(receiver)) {
      leave(group, TARGET_MIB / 2);
      assertThatThrownBy(() -> send(target, receiver, listener("none", () -> {})))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("MiB available");
      group.set(LIMIT, "-1");

      // The kernel ends the receiver or the process that it builds.
      assertThatThrownBy(
              () -> send(target, receiver, listener("plan", () -> leave(group, LITTLE_MIB))))
          .isInstanceOf(MigrationRolledBackException.class)
          .hasMessageContaining("the target runs on here, unharmed");

      target.awaitMoreLines(A_CHECK);
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }

  /**
   * The kernel kills the process, which is told to die first, and mostly the receiver as well: what
   * the first has used is not free at once.
   */
  @Test
  void memoryThatRunsOutInPostCopyEndsTheCopyOfTheDestinationAlone() throws Exception {
    try (TargetProcess target = target();
        CommandLineJvm receiver = CommandLineJvm.receiver(folder);
        ControlGroup group = groupOf(receiver)) {
      int source = target.pid();
      Files.writeString(Path.of("/proc/" + source + "/oom_score_adj"), "1000"); // It moves along.

      MigrationFailedException failure =
          catchThrowableOfType(
              MigrationFailedException.class,
              () ->
                  send(
                      target,
                      receiver,
                      listener("post-copy", () -> leave(group, TARGET_MIB * 2 / 3))));

      await().until(() -> !ProcFs.exists("/proc/" + receiver.awaitRestored()));
      if (failure == null) { // The receiver is there, and has told.
        assertThat(warnings).anyMatch(words -> words.contains("has ended on the destination"));
        await().until(() -> receiver.words().contains("exit status 137"));
        assertThat(receiver.words()).contains("of its pages had come");
        assertThat(ProcFs.exists("/proc/" + source)).as("the source is there").isFalse();
      } else {
        assertThat(receiver.process().waitFor()).as(receiver.words()).isEqualTo(137);
        assertThat(failure).hasMessageContaining("is kept stopped here");
        await().until(() -> ProcessStatus.parse(ProcFs.read(source, "status")).state() == 'T');
      }
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private MigrationListener listener(String phase, Step step) {
    return new MigrationListener() {
      @Override
      public void phaseBegan(String name) {
        if (name.equals(phase)) {
          try {
            step.run();
          } catch (IOException e) {
            throw new IllegalStateException(e);
          }
        }
      }

      @Override
      public void warned(String message) {
        warnings.add(message);
      }
    };
  }

  private static void send(
      TargetProcess target, CommandLineJvm receiver, MigrationListener listener)
      throws MigrationException {
    Timeouts impatient = Timeouts.usual().with("outage", Duration.ofSeconds(1));
    SenderOptions options = SenderOptions.to(receiver.address()).withTimeouts(impatient);
    new Sender(options, listener).send(target.pid());
  }

  private TargetProcess target() throws IOException {
    TargetProcess target = TargetProcess.python(folder, "counter.py", 2, TARGET_MIB);
    target.awaitMoreLines(20);
    return target;
  }

  private static ControlGroup groupOf(CommandLineJvm receiver) throws IOException {
    receiver.address();
    return ControlGroup.of("memory", receiver.process().pid());
  }

  /** What was used before a process came to a group does not count in it. */
  private static void leave(ControlGroup group, long mebibytes) throws IOException {
    long used = Long.parseLong(group.get("memory.usage_in_bytes"));
    group.set(LIMIT, Long.toString(used + (mebibytes << 20)));
  }
}
