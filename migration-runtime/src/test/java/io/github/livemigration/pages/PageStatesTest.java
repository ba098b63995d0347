package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class PageStatesTest {
  @Test
  void hotPagesArePresentFromTheStart() {
    BitSet hot = new BitSet();
    hot.set(3);
    PageStates states = new PageStates(100, hot);

    assertThat(states.missingCount()).isEqualTo(99);
    assertThat(states.isMissing(3)).isFalse();
    assertThat(states.isDropped(3)).isFalse();
    assertThat(states.setPresent(3, 1)).isZero();
  }

  @Test
  void pageIsSettledOnce() {
    PageStates states = new PageStates(100, new BitSet());

    assertThat(states.setPresent(64, 1)).isOne();
    states.countSettled(1);
    assertThat(states.setPresent(64, 1)).isZero();
    assertThat(states.setDropped(64, 1)).isZero();
    assertThat(states.isDropped(64)).isTrue();
    assertThat(states.setDropped(65, 1)).isOne();
    states.countSettled(1);
    assertThat(states.isMissing(65)).isFalse();
    assertThat(states.missingCount()).isEqualTo(98);
  }

  @Test
  void childHasItsOwnCopy() {
    PageStates parent = new PageStates(10, new BitSet());
    parent.setPresent(1, 1);
    parent.countSettled(1);
    parent.setDropped(2, 1);
    parent.countSettled(1);
    PageStates child = new PageStates(parent);
    parent.setPresent(3, 1);

    assertThat(child.missingCount()).isEqualTo(8);
    assertThat(child.isMissing(1)).isFalse();
    assertThat(child.isDropped(2)).isTrue();
    assertThat(child.isMissing(3)).isTrue();
  }

  @Test
  void threadsThatRaceForPagesCountThemOnce() {
    int pages = 100_000;
    PageStates states = new PageStates(pages, new BitSet());
    AtomicInteger counted = new AtomicInteger();
    CompletableFuture<?>[] threads =
        IntStream.range(0, 4)
            .mapToObj(
                t ->
                    InThread.run(
                        () -> {
                          int most = 1 + 50 * t;
                          for (int i = 0; i < pages; i += most) {
                            int count = Math.min(most, pages - i);
                            int settled =
                                t == 0 ? states.setDropped(i, count) : states.setPresent(i, count);
                            counted.addAndGet(settled);
                            states.countSettled(settled);
                          }
                        }))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(threads).join();

    assertThat(counted).hasValue(pages);
    assertThat(states.missingCount()).isZero();
  }
}
