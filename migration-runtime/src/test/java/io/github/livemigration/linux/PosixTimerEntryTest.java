package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PosixTimerEntryTest {
  private static final String TO_PROCESS =
      "ID: 1\nsignal: 10/00007ffd8a5b3c10\nnotify: signal/pid.1234\nClockID: 1\n";
  private static final String OF_PROCESSOR_TIME =
      "ID: 7\nsignal: 0/0000000000000000\nnotify: none/pid.1234\nClockID: -6\n";
  private static final String TO_THREAD =
      "ID: 0\nsignal: 37/ffffffffffffffff\nnotify: signal/tid.1235\nClockID: 7\n";

  @Test
  void allTimersAreRead() {
    assertThat(PosixTimerEntry.parse(TO_PROCESS + OF_PROCESSOR_TIME + TO_THREAD))
        .containsExactly(
            new PosixTimerEntry(1, 10, 0x7ffd_8a5b_3c10L, "signal", false, 1234, 1),
            new PosixTimerEntry(7, 0, 0, "none", false, 1234, -6),
            new PosixTimerEntry(0, 37, -1, "signal", true, 1235, 7));
    assertThat(PosixTimerEntry.parse("")).isEmpty();
  }

  @Test
  void onlyClocksOfProcessorTimeAreNegative() {
    assertThat(PosixTimerEntry.parse(OF_PROCESSOR_TIME).get(0).countsProcessorTime()).isTrue();
    assertThat(PosixTimerEntry.parse(TO_THREAD).get(0).countsProcessorTime()).isFalse();
  }

  @Test
  void whatFollowsATimerHasToBeOne() {
    assertThatThrownBy(() -> PosixTimerEntry.parse(TO_PROCESS + "ID: 2\n"))
        .isInstanceOf(UnparsableLineException.class)
        .hasMessageContaining("ID: 2");
  }
}
