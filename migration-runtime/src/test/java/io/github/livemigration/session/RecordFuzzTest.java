package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.WireException;
import java.util.Arrays;
import java.util.List;

/** Whatever a peer sends as a record, or somebody writes into a session's file. */
class RecordFuzzTest {
  private static final List<Class<? extends Record>> RECORDS =
      List.of(
          MigrationProposal.class,
          MigrationAnswer.class,
          ProcessPlan.class,
          FrozenTarget.class,
          RestoredTarget.class,
          PageCompletion.class,
          CompletionVerdict.class,
          SessionState.class,
          SavedSession.class,
          MemoryContents.class);

  @FuzzTest(maxDuration = "5m")
  void recordIsAValueOrRefused(byte[] input) {
    if (input.length == 0) {
      return;
    }
    decode(
        RECORDS.get(Byte.toUnsignedInt(input[0]) % RECORDS.size()),
        Arrays.copyOfRange(input, 1, input.length));
  }

  private static <T extends Record> void decode(Class<T> type, byte[] bytes) {
    try {
      assertThat(RecordCodec.of(type).decode(bytes)).isInstanceOf(type);
    } catch (WireException e) {
      assertThat(e).hasMessageContaining(": ");
    }
  }
}
