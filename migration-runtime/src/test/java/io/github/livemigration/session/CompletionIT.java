package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * After the last page nothing of the migration is left in the target, the sender or the receiver.
 */
class CompletionIT {
  @TempDir Path folder;

  @Test
  void nothingOfTheMigrationIsLeftInTheTarget() throws Exception {
    try (TargetProcess target = TargetProcess.java(folder, CountingTarget.class, 1, 4);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(20);
      int source = target.pid();

      receiver.receive(target);

      await().until(() -> tracerOf(target.pid()) == 0);
      assertThat(ProcFs.readText(target.pid(), "smaps"))
          .as("mappings under userfaultfd")
          .doesNotContainPattern("VmFlags:.*\\bum\\b");
      assertThat(ProcFs.exists("/proc/" + source)).as("the source process is there").isFalse();
      target.awaitMoreLines(20);
    }
  }

  /** An urgent thread would keep the target from a processor while it writes a report. */
  @Test
  void nothingIsUrgentAnyMoreWhenThePagesAreThere() throws Exception {
    List<Integer> policies = new CopyOnWriteArrayList<>();
    ReceiverListener listener =
        new ReceiverListener() {
          @Override
          public void finished(MigrationReport report) {
            policies.add(ownSchedulingPolicy());
            Signals.kill(report.hostPid(), Signals.SIGKILL);
          }
        };
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        Receiver receiver = Receiver.bind(ReceiverOptions.on(loopback), listener)) {
      receiver.open();
      target.awaitMoreLines(5);

      new Sender(SenderOptions.to(receiver.address()), MigrationListener.none()).send(target.pid());

      await().untilAsserted(() -> assertThat(policies).containsExactly(0));
    }
  }

  @Test
  void exitStatusReachesTheReceiver() throws Exception {
    try (TargetProcess target =
            TargetProcess.start(
                folder,
                List.of(
                    "/usr/bin/python3",
                    "-uc",
                    """
                    import signal, sys, time
                    signal.signal(signal.SIGTERM, lambda *_: sys.exit(42))
                    while True: print(1); time.sleep(0.001)
                    """));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(5);
      receiver.receive(target);
      Signals.kill(target.pid(), Signals.SIGTERM);
      assertThat(receiver.nextExitStatus()).isEqualTo(42);
    }
  }

  @Test
  void deathBySignalReachesTheReceiverAsShellsReportIt() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(5);
      receiver.receive(target);
      Signals.kill(target.pid(), Signals.SIGTERM);
      assertThat(receiver.nextExitStatus()).isEqualTo(128 + Signals.SIGTERM);
    }
  }

  @Test
  void migratedJvmAnswersItsTools() throws Exception {
    try (TargetProcess target = TargetProcess.java(folder, CountingTarget.class, 1, 4);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(20);
      receiver.receive(target);

      assertThat(jcmd(target.pid(), "Thread.print")).contains("worker 3").contains("main");
      assertThat(jcmd(target.pid(), "GC.heap_info")).contains("Metaspace");
      assertThat(jcmd(target.pid(), "GC.run")).contains("Command executed successfully");
      target.awaitMoreLines(20);
    }
  }

  private static String jcmd(int pid, String command) throws Exception {
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    Process process =
        new ProcessBuilder(tool, Integer.toString(pid), command).redirectErrorStream(true).start();
    String words = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    return words;
  }

  @Test
  void repeatedMigrationsLeakNothing() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        TestReceiver a = new TestReceiver();
        TestReceiver b = new TestReceiver()) {
      target.awaitMoreLines(5);
      for (int hop = 0; hop < 4; hop++) {
        (hop % 2 == 0 ? a : b).receive(target);
      }
      await().until(() -> inits() == 1);
      int descriptors = ProcFs.descriptors(SelfProcess.pid()).size();
      long threads = tracers();
      for (int hop = 0; hop < 20; hop++) {
        (hop % 2 == 0 ? a : b).receive(target);
      }
      await().until(() -> inits() == 1);
      await().until(() -> ProcFs.descriptors(SelfProcess.pid()).size() <= descriptors);
      await().until(() -> tracers() <= threads);
      assertThat(zombies()).isEmpty();
    }
  }

  private static int tracerOf(int pid) {
    return ProcessStatus.parse(ProcFs.read(pid, "status")).tracerPid();
  }

  private static long tracers() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tracer"))
        .count();
  }

  private static long inits() {
    return children().stream().filter(status -> status.name().equals("migration-init")).count();
  }

  private static List<ProcessStatus> zombies() {
    return children().stream().filter(status -> status.state() == 'Z').toList();
  }

  private static List<ProcessStatus> children() {
    List<ProcessStatus> children = new ArrayList<>();
    for (String name : ProcFs.list("/proc")) {
      if (name.chars().allMatch(Character::isDigit)) {
        ProcessStatus status = statusOf(Integer.parseInt(name));
        if (status != null && status.ppid() == SelfProcess.pid()) {
          children.add(status);
        }
      }
    }
    return children;
  }

  private static @Nullable ProcessStatus statusOf(int pid) {
    try {
      return ProcessStatus.parse(ProcFs.read(pid, "status"));
    } catch (SystemCallException e) {
      return null; // Ended since it was listed.
    }
  }

  private static int ownSchedulingPolicy() {
    String stat = "task/" + SelfProcess.gettid() + "/stat";
    return ProcessStat.parse(ProcFs.read(SelfProcess.pid(), stat)).policy();
  }
}
