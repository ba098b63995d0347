package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.WireException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a peer sends as a record, or somebody writes into a session's file. A fuzzer begins with
 * what was really sent.
 */
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
          MemoryContents.class,
          ReceivedSession.class);

  private static final ReceiverPolicy STRICT =
      new ReceiverPolicy(Set.of(), Set.of(0, 1000), 1 << 30, 100, List.of(Path.of("/usr")));

  @TempDir static Path folder;

  /** Programs move for them, so they are there only when there is something to find by them. */
  static List<byte[]> realRecords() throws Exception {
    List<byte[]> seeds = new ArrayList<>();
    if (System.getenv("JAZZER_FUZZ") != null) {
      for (Record record : RecordSeeds.ofRealMoves(folder)) {
        seeds.add(seed(record));
      }
    }
    return seeds;
  }

  @SuppressWarnings("unchecked") // A record has its own class.
  private static <T extends Record> byte[] seed(T value) throws WireException {
    byte[] encoded = RecordCodec.of((Class<T>) value.getClass()).encode(value);
    return ByteBuffer.allocate(1 + encoded.length)
        .put((byte) RECORDS.indexOf(value.getClass()))
        .put(encoded)
        .array();
  }

  @MethodSource("realRecords")
  @FuzzTest(maxDuration = "1h")
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
      T value = RecordCodec.of(type).decode(bytes);
      byte[] again = RecordCodec.of(type).encode(value);
      assertThat(RecordCodec.of(type).decode(again)).isInstanceOf(type);
      judge(value);
    } catch (WireException e) {
      assertThat(e).hasMessageMatching("(?s).*(: | policy does not admit ).*");
    }
  }

  private static void judge(Record value) throws WireException {
    if (value instanceof MigrationProposal proposal) {
      assertThat(STRICT.obstacles(proposal)).isNotNull();
    } else if (value instanceof ProcessPlan plan) {
      STRICT.check(plan);
    } else if (value instanceof FrozenTarget target) {
      STRICT.check(target.image());
    } else if (value instanceof MemoryContents contents) {
      STRICT.check(contents);
    }
  }
}
