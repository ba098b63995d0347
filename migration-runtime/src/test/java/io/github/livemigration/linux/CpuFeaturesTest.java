package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CpuFeaturesTest {
  @Test
  void flagsOfTheFirstProcessorAreRead() {
    CpuFeatures features =
        parse(
            """
            processor\t: 0
            model name\t: Some(R) CPU @ 2.00GHz
            flags\t\t: fpu sse2 avx avx2
            vmx flags\t: vnmi

            processor\t: 1
            flags\t\t: fpu
            """);

    assertThat(features.modelName()).isEqualTo("Some(R) CPU @ 2.00GHz");
    assertThat(features.flags()).containsExactlyInAnyOrder("fpu", "sse2", "avx", "avx2");
    assertThat(features.xstateMask()).isEqualTo(0x7);
  }

  @Test
  void everyPartOfTheExtendedStateHasItsBits() {
    assertThat(parse("flags: sse2").xstateMask()).isEqualTo(0x3);
    assertThat(parse("flags: avx mpx avx512f ospke amx_tile").xstateMask()).isEqualTo(0x602ff);
  }

  @Test
  void textWithoutFlagsIsRefused() {
    assertThatThrownBy(() -> parse("Features\t: fp asimd\n"))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessage("cpuinfo: cannot parse \"Features\t: fp asimd\"");
  }

  @Test
  void thisHostHasFlags() {
    assertThat(CpuFeatures.ofThisHost().has("fpu")).isTrue();
  }

  private static CpuFeatures parse(String text) {
    return CpuFeatures.parse(text.getBytes(StandardCharsets.UTF_8));
  }
}
