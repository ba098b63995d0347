package io.github.livemigration.tracee;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ExtendedStateTest {
  @Test
  void areaOfALesserProcessorIsFilledUp() {
    byte[] area = new byte[832];
    Arrays.fill(area, (byte) 7);

    byte[] fitted = ExtendedState.fitted(area, 2696);

    assertThat(fitted).hasSize(2696).startsWith(area);
    assertThat(Arrays.copyOfRange(fitted, 832, 2696)).containsOnly(0);
  }

  @Test
  void unusedPartsThatTheHostLacksAreCutOff() {
    byte[] area = new byte[2696];
    Arrays.fill(area, 0, 832, (byte) 7);

    assertThat(ExtendedState.fitted(area, 832)).isEqualTo(Arrays.copyOf(area, 832));
  }

  @Test
  void partsInUseAreNotCutOff() {
    byte[] area = new byte[2696];
    area[512] = 7;
    area[2688] = 1;

    assertThatThrownBy(() -> ExtendedState.fitted(area, 832))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2696 bytes (parts in use 0x7) do not fit into this host's 832");
  }
}
