package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.session.FrameProxy.Verdict;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sender, receiver and target are an ordinary user's, who may open /dev/userfaultfd. */
class RootlessIT {
  private static final int USER = 47_110;
  private static final List<String> AS_USER =
      List.of("/usr/bin/setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups");
  private static final Path DEVICE = Path.of("/dev/userfaultfd");

  /** Long enough for the target to check its memory. */
  private static final int A_CHECK = 510;

  @TempDir Path folder;
  private Path jar;
  private Path script;
  private Set<PosixFilePermission> usual = Set.of();

  @BeforeEach
  void giveTheUserWhatTheyNeed() throws Exception {
    usual = Files.getPosixFilePermissions(DEVICE);
    openDevice(true);
    Files.setAttribute(folder, "unix:uid", USER);
    jar = Files.copy(Path.of("target/migrate.jar"), folder.resolve("migrate.jar"));
    Path counter = Path.of(RootlessIT.class.getResource("/targets/counter.py").toURI());
    script = Files.copy(counter, folder.resolve("counter.py"));
  }

  @AfterEach
  void putTheDeviceBack() throws IOException {
    Files.setPosixFilePermissions(DEVICE, usual);
  }

  private static void openDevice(boolean open) throws IOException {
    Set<PosixFilePermission> permissions =
        EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
    if (open) {
      Collections.addAll(
          permissions, PosixFilePermission.OTHERS_READ, PosixFilePermission.OTHERS_WRITE);
    }
    Files.setPosixFilePermissions(DEVICE, permissions);
  }

  @Test
  void processOfAnOrdinaryUserMovesAndRootMovesItOn() throws Exception {
    try (TargetProcess target = TargetProcess.start(folder, counter());
        CommandLineJvm receiver = receiver();
        TestReceiver ofRoot = new TestReceiver()) {
      target.awaitMoreLines(20);
      send(target, receiver.address());
      target.movedTo(receiver.awaitRestored());
      target.awaitMoreLines(A_CHECK);
      assertThat(ProcFs.readText(target.pid(), "uid_map").strip().split("\\s+"))
          .containsExactly("" + USER, "" + USER, "1");
      assertIsTheUsers(target);
      ofRoot.receive(target);
      target.awaitMoreLines(A_CHECK);
      assertIsTheUsers(target);
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }

  /** All pages are there when the process runs; what can be taken up is the end of the session. */
  @Test
  @Tag("long")
  void receiverOfAnOrdinaryUserIsStartedAgain() throws Exception {
    String state = "--state=" + folder.resolve("received");
    try (TargetProcess target = TargetProcess.start(folder, counter());
        CommandLineJvm first = receiver(state);
        FrameProxy proxy =
            new FrameProxy(
                first.address(),
                (type, count) -> {
                  if (type == FrameType.COMPLETE_ACK && count == 1) {
                    first.process().destroyForcibly();
                    return Verdict.CUT_BEFORE;
                  }
                  return Verdict.PASS;
                })) {
      target.awaitMoreLines(20);
      try (CommandLineJvm sender = sender(target, proxy.address())) {
        first.process().waitFor();
        try (CommandLineJvm second = receiver(state)) {
          proxy.leadTo(second.address());

          assertThat(sender.process().waitFor()).as(sender.words()).isZero();
          target.movedTo(second.awaitRestored());
          target.awaitMoreLines(A_CHECK);
          assertIsTheUsers(target);
        }
      }
    }
  }

  @Test
  void whatAnOrdinaryUserMayNotDoIsRefusedByName() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        CommandLineJvm receiver = receiver()) {
      target.awaitMoreLines(5);
      Sender ofRoot = new Sender(SenderOptions.to(receiver.address()), MigrationListener.none());
      assertThatThrownBy(() -> ofRoot.send(target.pid()))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("user ids [0, 0, 0, 0]")
          .hasMessageContaining("[%1$d, %1$d, %1$d, %1$d]".formatted(USER));
      try (CommandLineJvm sender = sender(target, receiver.address())) {
        assertThat(sender.process().waitFor()).as(sender.words()).isEqualTo(1);
        assertThat(sender.words().lines().filter(line -> line.startsWith("refused: ")))
            .singleElement()
            .asString()
            .contains("process " + target.pid() + " cannot be opened");
      }
      target.awaitMoreLines(20);
    }
  }

  @Test
  void doctorTellsAnOrdinaryUserWhatIsMissing() throws Exception {
    try (CommandLineJvm doctor = CommandLineJvm.ofJar(jar, folder, AS_USER, "doctor")) {
      assertThat(doctor.process().waitFor()).as(doctor.words()).isZero();
      assertThat(doctor.words()).contains("ok  user namespace").doesNotContain("NO  ");
    }
    openDevice(false);
    try (CommandLineJvm doctor = CommandLineJvm.ofJar(jar, folder, AS_USER, "doctor")) {
      assertThat(doctor.process().waitFor()).as(doctor.words()).isEqualTo(1);
      assertThat(doctor.words())
          .contains("NO  userfaultfd: open(/dev/userfaultfd", "EACCES")
          .contains("sudo setfacl -m u:%d:rw /dev/userfaultfd".formatted(USER));
    }
  }

  private List<String> counter() {
    return asUser("/usr/bin/python3", script.toString(), "1", "4");
  }

  private static List<String> asUser(String... command) {
    return Stream.concat(AS_USER.stream(), List.of(command).stream()).toList();
  }

  private CommandLineJvm receiver(String... more) throws IOException {
    List<String> arguments = new ArrayList<>(List.of("receive", "0", "--rehearsals=0"));
    arguments.addAll(List.of(more));
    return CommandLineJvm.ofJar(jar, folder, AS_USER, arguments.toArray(String[]::new));
  }

  private CommandLineJvm sender(TargetProcess target, InetSocketAddress to) throws IOException {
    List<String> arguments =
        List.of(
            "send",
            "--rehearsals=0",
            "--verify",
            "--state=" + folder.resolve("state"),
            "--pid=" + target.pid(),
            "--to=127.0.0.1:" + to.getPort());
    return CommandLineJvm.ofJar(jar, folder, AS_USER, arguments.toArray(String[]::new));
  }

  private void send(TargetProcess target, InetSocketAddress to) throws Exception {
    try (CommandLineJvm sender = sender(target, to)) {
      assertThat(sender.process().waitFor()).as(sender.words()).isZero();
    }
  }

  private static void assertIsTheUsers(TargetProcess target) {
    ProcessStatus status = ProcessStatus.parse(ProcFs.read(target.pid(), "status"));
    assertThat(status.uids()).containsOnly(USER);
    assertThat(status.gids()).containsOnly(USER);
    assertThat(status.capPrm() | status.capEff() | status.capAmb()).isZero();
    assertThat(status.tracerPid()).isZero();
  }
}
