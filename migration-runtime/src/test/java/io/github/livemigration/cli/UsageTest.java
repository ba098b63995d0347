package io.github.livemigration.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wrong use is told in one line, with exit status 2. */
class UsageTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "send|(--pid=PID | --resume=SESSION)",
        "send --pid 1 --resume 1-ab|mutually exclusive",
        "send --pid 1 --timeout outage|outage",
        "send --pid 1 --timeout lunch=3|'lunch' is not one of connect, prepare, restore",
        "receive --timeout outage=0|longer than nothing",
        "send --pid abc|'abc' is not an int",
        "send --pid 1 --to nowhere|'nowhere' is not HOST:PORT",
        "send --pid 1 --to 127.0.0.1:0|'0' is not a port (1 to 65535)",
        "send --pid 1 --to 127.0.0.1:99999|'99999' is not a port (1 to 65535)",
        "send --pid 1 --mode hybrid|--mode hybrid is not there yet; use --mode post-copy",
        "send --pid 1 --mode quick|quick",
        "run|Missing required parameter: 'COMMAND'",
        "run --signal SEGV -- true|'SEGV' is not one of",
        "receive 1 --port 2|two ports are given: 1 and --port 2",
        "receive 70000|70000 is not a port (0 to 65535)",
        "receive --rehearsals -1|--rehearsals must be 0 or more",
        "send --pid 1 --rehearsals -1|--rehearsals must be 0 or more",
        "receive --count 0|--count must be 1 or more",
        "receive --bind 0.0.0.0|add --insecure if that is meant",
        "fly|Unmatched argument",
        "--verbose|a subcommand is missing"
      })
  void wrongUseIsOneLine(String arguments, String words) {
    CommandLineRun run = CommandLineRun.of(arguments.split(" "));

    assertThat(run.status()).isEqualTo(ExitStatus.USAGE);
    assertThat(run.line()).startsWith("error: ").contains(words).contains("--help");
  }

  @Test
  void receiverInfoNamesTheReceiver(@TempDir Path folder) throws IOException {
    Files.writeString(folder.resolve(ReceiverInfo.FILE), "127.0.0.2 \t4711\n");

    assertThat(ReceiverInfo.find(folder)).isEqualTo(new InetSocketAddress("127.0.0.2", 4711));
  }

  @ParameterizedTest
  @CsvSource({"''", "127.0.0.2", "127.0.0.2 port", "127.0.0.2 70000"})
  void receiverInfoThatCannotBeReadMeansTheDefaults(String content, @TempDir Path folder)
      throws IOException {
    Files.writeString(folder.resolve(ReceiverInfo.FILE), content);

    assertThat(ReceiverInfo.find(folder)).isEqualTo(new InetSocketAddress("127.0.0.1", 43_000));
  }

  @Test
  void missingReceiverInfoMeansTheDefaults(@TempDir Path folder) {
    assertThat(ReceiverInfo.find(folder)).isEqualTo(new InetSocketAddress("127.0.0.1", 43_000));
  }
}
