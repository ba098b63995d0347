package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.livemigration.image.MemoryKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Huge pages are on the destination as they were, or are refused where it has too few. */
class HugePagesIT {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What one copy of the target takes. */
  private static final int PAGES = 18;

  @TempDir Path folder;

  @Test
  void hugePagesOfEveryKindArriveAsTheyWere() throws Exception {
    try (HugePagePool pool = HugePagePool.adding(2 * PAGES);
        HugeTlbFsMount mount = HugeTlbFsMount.in(folder);
        TargetProcess target =
            TargetProcess.python(folder, "huge_pages.py", mount.path().resolve("named"));
        TestReceiver receiver = new TestReceiver()) {
      JsonNode before = SelfChecking.HUGE_PAGES.look(target);
      assertThat(before.at("/same_memory").asBoolean()).isTrue();
      assertThat(before.at("/mappings/0/2").asText()).isEqualTo("2048 kB");

      receiver.rollBack(target);
      assertThat(SelfChecking.HUGE_PAGES.look(target)).as("rolled back").isEqualTo(before);
      receiver.receive(target);
      assertThat(SelfChecking.HUGE_PAGES.look(target)).as("moved").isEqualTo(before);
      receiver.receive(target);
      assertThat(SelfChecking.HUGE_PAGES.look(target)).as("moved twice").isEqualTo(before);
      assertConsecutive(target);
    }
  }

  @Test
  void destinationWithTooFewHugePagesRefusesBeforeTheFreeze() throws Exception {
    try (HugePagePool pool = HugePagePool.adding(PAGES);
        TargetProcess target = TargetProcess.python(folder, "huge_pages.py");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      Sender sender = new Sender(SenderOptions.to(receiver.address()), MigrationListener.none());

      assertThatThrownBy(() -> sender.send(target.pid()))
          .isInstanceOfSatisfying(
              MigrationRefusedException.class,
              refused ->
                  assertThat(refused.report().refusals())
                      .extracting(Refusal::kind)
                      .containsExactly(MemoryKind.HUGE_PAGES.id()))
          .hasMessageContaining("huge pages of 2048 kB")
          .hasMessageContaining("vm.nr_hugepages");
      target.awaitMoreLines(2);
      assertConsecutive(target);
    }
  }

  /** The target counts its lines in a huge page. */
  private static void assertConsecutive(TargetProcess target) throws Exception {
    List<Long> numbers = new ArrayList<>();
    for (String line : target.lines()) {
      numbers.add(JSON.readTree(line).at("/line").asLong());
    }
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }
}
