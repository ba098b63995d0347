package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.params.provider.MethodSource;

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
          bytes -> EpollEntry.parse(text(bytes).lines().toList()),
          ProcParserFuzzTest::functions);

  /** Longer texts say the same more often. */
  private static final int SEED_BYTES = 8 * 1024;

  /** What this host shows of this process. */
  static List<byte[]> ownTexts() {
    return List.of(
        seed(0, ProcFs.read("/proc/self/maps")),
        seed(0, ProcFs.read("/proc/self/smaps")),
        seed(1, ProcFs.read("/proc/self/status")),
        seed(2, ProcFs.read("/proc/self/stat")),
        seed(3, ProcFs.read("/proc/self/fdinfo/0")),
        seed(4, ProcFs.read("/proc/cpuinfo")),
        seed(6, ProcFs.read("/proc/self/numa_maps")));
  }

  private static byte[] seed(int parser, byte[] text) {
    int length = Math.min(text.length, SEED_BYTES);
    return ByteBuffer.allocate(1 + length).put((byte) parser).put(text, 0, length).array();
  }

  /** A vdso comes from the peer. */
  private static Object functions(byte[] object) {
    try {
      return ElfFunctions.of(object);
    } catch (IllegalArgumentException e) {
      return e;
    }
  }

  @MethodSource("ownTexts")
  @FuzzTest(maxDuration = "1h")
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
