package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.cli.Main;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line in a JVM of its own, so that it can be killed, or run by somebody else. */
final class CommandLineJvm implements AutoCloseable {
  private static final Pattern LISTENING = Pattern.compile("listening on (\\S+:\\d+)");
  private static final Pattern RESTORED =
      Pattern.compile("restored: pid \\d+ \\(host pid (\\d+)\\)");

  private final Path words;
  private final Process process;

  private CommandLineJvm(Path words, Process process) {
    this.words = words;
    this.process = process;
  }

  /**
   * Start a receiver on a free port, for tests that do not judge how long a target stands still.
   */
  static CommandLineJvm receiver(Path folder) throws IOException {
    return start(folder, List.of(), "receive", "0", "--rehearsals=0");
  }

  /**
   * Start it.
   *
   * @param starter program that starts it, with its options; empty for none
   */
  static CommandLineJvm start(Path folder, List<String> starter, String... arguments)
      throws IOException {
    List<String> program =
        List.of("-cp", System.getProperty("java.class.path"), Main.class.getName());
    return start(folder, starter, program, arguments);
  }

  /**
   * Start it, as {@link #start(Path, List, String...)} does, from the executable jar.
   *
   * @param jar that the starter's user may read
   */
  static CommandLineJvm ofJar(Path jar, Path folder, List<String> starter, String... arguments)
      throws IOException {
    return start(folder, starter, List.of("-jar", jar.toString()), arguments);
  }

  private static CommandLineJvm start(
      Path folder, List<String> starter, List<String> program, String... arguments)
      throws IOException {
    Path words = Files.createTempFile(folder, "words", ".txt");
    List<String> command = new ArrayList<>(starter);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    command.addAll(program);
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(words.toFile())
            .start();
    return new CommandLineJvm(words, process);
  }

  Process process() {
    return process;
  }

  /** Where a receiver listens, as soon as it does. */
  InetSocketAddress address() {
    String address = awaitWords(LISTENING);
    int colon = address.lastIndexOf(':');
    return new InetSocketAddress(
        address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)));
  }

  /** The id of a process that a receiver has restored, as soon as it has. */
  int awaitRestored() {
    return Integer.parseInt(awaitWords(RESTORED));
  }

  /** All that it has said so far. */
  String words() throws IOException {
    return Files.readString(words);
  }

  private String awaitWords(Pattern pattern) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              boolean ended = !process.isAlive();
              Matcher matcher = pattern.matcher(words());
              if (!matcher.find()) {
                assertThat(ended).as(words()).isFalse();
                return "";
              }
              return matcher.group(1);
            },
            found -> !found.isEmpty());
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
