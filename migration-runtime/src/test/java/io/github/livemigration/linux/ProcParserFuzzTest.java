package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/** Texts of /proc hold what programs choose: names, paths, arguments. */
class ProcParserFuzzTest {
  private static final List<Function<byte[], Object>> PARSERS =
      List.of(
          MemoryMapParser::parse,
          ProcessStatus::parse,
          ProcessStat::parse,
          FdInfo::parse,
          CpuFeatures::parse,
          bytes -> PosixTimerEntry.parse(text(bytes)),
          bytes -> NumaMap.parse(text(bytes)),
          bytes -> EpollEntry.parse(text(bytes).lines().toList()));

  @FuzzTest(maxDuration = "5m")
  void textIsParsedOrQuoted(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] text = Arrays.copyOfRange(input, 1, input.length);
    try {
      assertThat(PARSERS.get((input[0] & 0x7f) % PARSERS.size()).apply(text)).isNotNull();
    } catch (UnparsableLineException e) {
      assertThat(e).hasMessageContaining(": cannot parse \"");
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
