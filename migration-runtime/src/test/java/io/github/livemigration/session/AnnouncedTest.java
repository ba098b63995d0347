package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.MemoryLock;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.wire.WireException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AnnouncedTest {
  private static final Announced TWO_OF_EACH = new Announced(7, 2, 2, 2);

  @Test
  void whatFitsIsTaken() {
    assertThatCode(
            () -> {
              TWO_OF_EACH.check(plan(2, 2));
              TWO_OF_EACH.check(contents(1, 1));
            })
        .doesNotThrowAnyException();
  }

  @Test
  void whatIsMoreIsNamedWithItsLimit() {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> TWO_OF_EACH.check(plan(3, 1)))
        .withMessage("3 threads, where at most 2 could come");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> TWO_OF_EACH.check(plan(1, 3)))
        .withMessage("3 mappings, where at most 2 could come");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> TWO_OF_EACH.check(contents(2, 1)))
        .withMessage("3 pages, where at most 2 could come");
  }

  private static ProcessPlan plan(int threads, int mappings) {
    return new ProcessPlan(
        List.of(),
        IntStream.rangeClosed(1, mappings).mapToObj(AnnouncedTest::mapping).toList(),
        IntStream.rangeClosed(1, threads).boxed().toList(),
        List.of());
  }

  private static MappingState mapping(int number) {
    return new MappingState(
        pages(number, 1),
        1,
        0,
        false,
        Set.of(),
        MemoryLock.NONE,
        new MappingBacking.PrivateAnonymous(),
        List.of(),
        Optional.empty());
  }

  private static MemoryContents contents(int toCome, int early) {
    return new MemoryContents(
        List.of(),
        List.of(pages(1, toCome)),
        List.of(pages(9, early)),
        List.of(),
        List.of(),
        List.of());
  }

  private static AddressRange pages(int number, int count) {
    return new AddressRange((long) number << 20, (long) count * AddressRange.PAGE_BYTES);
  }
}
