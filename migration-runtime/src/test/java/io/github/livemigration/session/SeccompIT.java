package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sandbox is as tight after a move as before, and does not hinder the move. */
class SeccompIT {
  @TempDir Path folder;

  @Test
  void eachThreadKeepsItsFiltersAlsoWhereItHasGivenUpAllRights() throws Exception {
    try (TargetProcess target = SelfChecking.SANDBOX.start(folder);
        TestReceiver receiver = new TestReceiver()) {
      JsonNode before = SelfChecking.SANDBOX.look(target);
      assertThat(before.at("/main").toString())
          .contains("\"mode\":\"2\"", "\"filters\":\"3\"", "\"no_new_privs\":\"0\"")
          .contains("\"getpgrp\":\"EXDEV\"", "\"getsid\":\"allowed\"", "\"getppid\":\"ENOTUNIQ\"");
      assertThat(before.at("/worker").toString())
          .contains("\"getpgrp\":\"EXDEV\"", "\"getsid\":\"EDOM\"", "\"getppid\":\"allowed\"");

      SelfChecking.SANDBOX.assertKept(before, target, receiver);
    }
  }

  @Test
  void filterOfAllThreadsStaysOneSoThatThreadsCanBeSynchronized() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "sandbox.py", folder, "sync");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      receiver.receive(target);
      Files.createFile(folder.resolve("go"));
      await().until(() -> last(target).contains("\"joined\": 0"));
      target.awaitMoreLines(1);

      assertThat(last(target).split("\"getegid\": \"EL2HLT\"", -1)).as(last(target)).hasSize(3);
    }
  }

  @Test
  void strictModeStaysStrict() throws Exception {
    Path go = Files.createFile(folder.resolve("go"));
    String script =
        """
        open(my $go, '<', '%s') or die;
        my ($n, $b) = (0, '');
        syscall(157, 22, 1, 0, 0, 0) == 0 or die; # prctl(PR_SET_SECCOMP, STRICT)
        while (1) {
          for (1 .. 50000) {}
          syswrite(STDOUT, ++$n . "\\n");
          syscall(39) if sysread($go, $b, 1); # getpid
        }
        """
            .formatted(go);
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/perl", "-e", script));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(3);
      receiver.receive(target);
      target.awaitMoreLines(3);
      assertThat(ProcessStatus.parse(ProcFs.read(target.pid(), "status")).seccomp()).isEqualTo(1);
      Files.writeString(go, "!");

      assertThat(receiver.nextExitStatus()).isEqualTo(128 + Signals.SIGKILL);
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }

  @Test
  void filterThatAsksAnotherProcessIsRefusedByName() throws Exception {
    String script =
        """
        my $notify = pack('SCCL' x 4, 0x20, 0, 0, 0, 0x15, 0, 1, 300, 6, 0, 0, 0x7fc00000, 6, 0, 0,
          0x7fff0000);
        my $program = pack('SxxxxxxP', 4, $notify);
        syscall(317, 1, 0, $program) == 0 or die "seccomp: $!";
        $| = 1;
        while (1) { print "ready\\n"; select(undef, undef, undef, 0.02) }
        """;
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/perl", "-e", script));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      assertThatThrownBy(() -> receiver.receive(target))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("SECCOMP_RET_USER_NOTIF");
      target.awaitMoreLines(3);
      assertThat(target.lines()).containsOnly("ready");
    }
  }

  private static String last(TargetProcess target) throws Exception {
    List<String> lines = target.lines();
    return lines.get(lines.size() - 1);
  }
}
