package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnTest {
  private static final String SHELL = "/bin/sh";

  /** 32 and 33, which glibc's posix_spawn sets to be ignored. */
  private static final long INTERNAL_SIGNALS = 3L << 31;

  @TempDir Path folder;

  @Test
  void argumentsEnvironmentAndDirectoryArrive() {
    String script = "echo \"$1|$2|$VALUE|$(env | grep -c '^HOME=')|$PWD\"; exit 7";

    String output =
        run(
            List.of("sh", "-c", script, "x", "", "ä b"),
            Map.of("VALUE", "v w"),
            SpawnOptions.DEFAULTS.withWorkingDirectory(folder.toString()),
            7);

    assertThat(output).isEqualTo("|ä b|v w|0|" + folder + "\n");
  }

  @Test
  void ownEnvironmentIsTheDefault() {
    String output = run(List.of("sh", "-c", "echo $PATH"), null, SpawnOptions.DEFAULTS, 0);

    assertThat(output.strip()).isEqualTo(System.getenv("PATH"));
  }

  @Test
  void childHasOnlyThreeDescriptorsAndNoSignalState() {
    int pid = PauseProgram.spawn();
    try {
      assertThat(ProcFs.descriptors(pid)).containsExactly(0, 1, 2);
      ProcessStatus status = ProcessStatus.parse(ProcFs.read(pid, "status"));
      assertThat(status.sigBlocked()).isZero();
      assertThat(status.sigIgnored() & ~INTERNAL_SIGNALS).isZero();
    } finally {
      PauseProgram.end(pid);
    }
  }

  @Test
  void newSessionIsLedByTheChild() {
    SpawnOptions options = SpawnOptions.DEFAULTS.withNewSession();

    String output = run(List.of("sh", "-c", "cut -d' ' -f1,6 /proc/$$/stat"), null, options, 0);

    String[] pidAndSession = output.strip().split(" ", -1);
    assertThat(pidAndSession[0]).isEqualTo(pidAndSession[1]);
  }

  @Test
  void memoryFileIsExecuted() {
    int pid = PauseProgram.spawn();
    try {
      assertThat(ProcFs.readLink(pid, "exe")).isEqualTo("/memfd:pause (deleted)");
      assertThat(Wait.poll(pid)).isEmpty();
    } finally {
      PauseProgram.end(pid);
    }
  }

  @Test
  void missingProgramFailsAtOnce() {
    assertThatThrownBy(() -> Spawn.spawn("/no/such/program", List.of("x"), null))
        .isInstanceOf(SystemCallException.class)
        .hasMessage("posix_spawn(/no/such/program, [x]): ENOENT (No such file or directory)");
  }

  @Test
  void nothingToWaitForIsAnError() {
    assertThatThrownBy(() -> Wait.waitFor(SelfProcess.pid())).hasMessageContaining("ECHILD");
  }

  private static String run(
      List<String> argv,
      @Nullable Map<String, String> environment,
      SpawnOptions options,
      int exitCode) {
    try (Pipes.Pipe pipe = Pipes.create();
        OwnedFd nothing = OwnedFd.open("/dev/null", OpenFlags.RDWR)) {
      SpawnOptions redirected =
          options.withStdin(nothing.number()).withStdout(pipe.writeEnd().number());
      int pid = Spawn.spawn(SHELL, argv, environment, redirected);
      pipe.writeEnd().close();
      String output = readAll(pipe.readEnd());
      assertThat(Wait.waitFor(pid).status()).hasToString("exited with " + exitCode);
      return output;
    }
  }

  private static String readAll(OwnedFd fd) {
    NativeBuffer chunk = NativeBuffer.allocate(NativeBuffer.PAGE_SIZE);
    StringBuilder text = new StringBuilder();
    while (true) {
      int count = (int) fd.read(chunk.address(), chunk.length());
      if (count == 0) {
        return text.toString();
      }
      text.append(new String(chunk.copy(0, count), StandardCharsets.UTF_8));
    }
  }
}
