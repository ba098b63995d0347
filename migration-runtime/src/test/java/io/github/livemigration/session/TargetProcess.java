package io.github.livemigration.session;

import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.Spawn;
import io.github.livemigration.linux.SpawnOptions;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.Wait;
import io.github.livemigration.linux.WaitStatus;
import java.io.IOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A program under test whose standard output is a file, so that what it prints on either side ends
 * up in one place.
 *
 * <p>Not started by {@link ProcessBuilder}: the JDK waits for its children in a thread of its own
 * and would take the stops that belong to the tracer.
 */
public final class TargetProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Path output;
  private final int ownPid;
  private int pid;

  private TargetProcess(int pid, Path output) {
    this.ownPid = pid;
    this.pid = pid;
    this.output = output;
  }

  public static TargetProcess start(Path folder, List<String> command) throws IOException {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Files.setOwner(output, Files.getOwner(folder)); // Who may opens it again on the other side.
    try (OwnedFd stdin = OwnedFd.open("/dev/null", OpenFlags.RDONLY);
        OwnedFd stdout = OwnedFd.open(output.toString(), OpenFlags.WRONLY | OpenFlags.APPEND)) {
      SpawnOptions options =
          SpawnOptions.DEFAULTS
              .withStdin(stdin.number())
              .withStdout(stdout.number())
              .withStderr(stdout.number());
      int pid = Spawn.spawn(ProgramPath.find(command.get(0)), command, null, options);
      return new TargetProcess(pid, output);
    }
  }

  public static TargetProcess python(Path folder, String script, Object... arguments)
      throws IOException {
    return script(folder, "/usr/bin/python3", script, arguments);
  }

  public static TargetProcess perl(Path folder, String script, Object... arguments)
      throws IOException {
    return script(folder, "/usr/bin/perl", script, arguments);
  }

  private static TargetProcess script(
      Path folder, String interpreter, String script, Object... arguments) throws IOException {
    return start(folder, command(interpreter, script, arguments));
  }

  /** Returns the command of a Python program, for those who put another one before it. */
  static List<String> pythonCommand(String script, Object... arguments) {
    return command("/usr/bin/python3", script, arguments);
  }

  private static List<String> command(String interpreter, String script, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(interpreter, resource("/targets/" + script)));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return command;
  }

  public static TargetProcess java(Path folder, Class<?> main, Object... arguments)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                classes(main),
                main.getName()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    return start(folder, command);
  }

  private static String classes(Class<?> main) {
    try {
      return Path.of(main.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String resource(String name) {
    URL url = Objects.requireNonNull(TargetProcess.class.getResource(name), name);
    try {
      return Path.of(url.toURI()).toString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  public int pid() {
    return pid;
  }

  /** Returns the process id as the target itself sees it, the same after each move. */
  public int ownPid() {
    return ownPid;
  }

  /**
   * Wait for a descendant.
   *
   * @param generations 1 for a child, 2 for a child's child
   */
  public int descendant(int generations) {
    int parent = generations == 1 ? pid : descendant(generations - 1);
    String children =
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(5))
            .until(
                () -> ProcFs.readText(parent, "task/" + parent + "/children"),
                text -> !text.isBlank());
    return Integer.parseInt(children.split(" ")[0]);
  }

  /** Returns the descendant of so many generations, once all between the two have been killed. */
  public TargetProcess orphaned(int generations) {
    int last = descendant(generations);
    for (int generation = generations - 1; generation > 0; generation--) {
      kill(descendant(generation));
    }
    kill(pid);
    collect();
    return new TargetProcess(last, output);
  }

  /** Take note that it lives under another id now. */
  public void movedTo(int hostPid) {
    pid = hostPid;
  }

  public List<String> lines() throws IOException {
    String text = Files.readString(output);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
  }

  public List<Long> numbers() throws IOException {
    return lines().stream().map(Long::parseLong).toList();
  }

  /** Wait until it has printed more lines. */
  public void awaitMoreLines(int more) throws IOException {
    awaitLines(lines().size() + more);
  }

  /** Wait until it prints nothing any more, as it waits for pages that do not come. */
  void awaitSilence() {
    await()
        .pollDelay(Duration.ofMillis(300))
        .pollInterval(Duration.ofMillis(300))
        .atMost(PATIENCE)
        .until(
            () -> {
              int before = lines().size();
              await().pollDelay(Duration.ofMillis(200)).until(() -> true);
              return lines().size() == before;
            });
  }

  /** Wait until it has printed so many lines in all. */
  public void awaitLines(int wanted) throws IOException {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> lines().size() >= wanted || !isAlive());
    if (lines().size() < wanted) {
      throw new AssertionError("the target has ended, its last words: " + lastLines());
    }
  }

  private List<String> lastLines() throws IOException {
    List<String> all = lines();
    return all.subList(Math.max(0, all.size() - 3), all.size());
  }

  /** Whether a thread of it lives; what has ended and was not collected yet does not. */
  public boolean isAlive() {
    if (showsALivingThread()) {
      return true;
    }
    // The only thread of that list may have started another one before it was looked at, and ended.
    return showsALivingThread();
  }

  private boolean showsALivingThread() {
    try {
      return ProcFs.threads(pid).stream().anyMatch(this::isAlive);
    } catch (SystemCallException e) {
      return false;
    }
  }

  private boolean isAlive(int tid) {
    try {
      char state = ProcessStatus.parse(ProcFs.read(pid, "task/" + tid + "/status")).state();
      return state != 'Z' && state != 'X';
    } catch (SystemCallException e) {
      return false;
    }
  }

  /** Kill it, wherever it lives by now, with all copies that nobody has told of. */
  @Override
  public void close() {
    kill(pid);
    for (String process : ProcFs.list("/proc")) {
      if (process.matches("\\d+") && writesToTheOutput(process)) {
        kill(Integer.parseInt(process));
      }
    }
    collect();
  }

  private boolean writesToTheOutput(String process) {
    try {
      return ProcFs.readLink("/proc/" + process + "/fd/1").equals(output.toString());
    } catch (SystemCallException e) {
      return false;
    }
  }

  private static void kill(int process) {
    try {
      Signals.kill(process, Signals.SIGKILL);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ESRCH) {
        throw e;
      }
    }
  }

  /** It was started here, unless a sender has collected it already. */
  private void collect() {
    try {
      WaitStatus.Kind kind;
      do {
        kind = Wait.waitFor(ownPid).status().kind();
      } while (kind != WaitStatus.Kind.SIGNALED && kind != WaitStatus.Kind.EXITED);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ECHILD) {
        throw e;
      }
    }
  }
}
