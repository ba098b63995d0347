package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.DescriptorQueue;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.TestMemory;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A receiver dies, and another one goes on with its journal. */
@Timeout(240)
final class PostCopyTakeOverIT {
  private static final int PAGE = PostCopyRig.PAGE;
  private static final int PAGES = 2048;
  private static final int JOURNAL_BYTES = 1 << 20;

  private PostCopyRig rig;

  @BeforeEach
  void prepare() {
    rig = new PostCopyRig(PAGES);
    rig.register(0, PAGES);
    rig.pushPermits.drainPermits();
    journal(JOURNAL_BYTES);
  }

  @AfterEach
  void close() throws Exception {
    rig.close();
    rig.options.journal().close();
  }

  private void journal(int lengthBytes) {
    rig.options =
        rig.options.withJournal(
            EventJournal.begin(NativeBuffer.allocate(lengthBytes), DescriptorQueue.create()));
  }

  private void finish(PostCopy taken) throws Exception {
    rig.pushPermits.release(PAGES);
    taken.reconnect(rig.serve(rig.demandPermits), rig.serve(rig.pushPermits));
    PostCopyResult result = taken.awaitCompletion();
    assertThat(result.missingPages()).isZero();
    assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
  }

  @Test
  void pagesThatAreThereAreFoundAndOthersFetched() throws Exception {
    rig.pushPermits.release(5);
    PostCopy first = rig.start();
    await().until(() -> first.statistics().settledPages() == 320);

    PostCopy taken = rig.takeOver();

    assertThat(taken.statistics().settledPages()).isEqualTo(320);
    finish(taken);
    assertThat(rig.isSame(0, PAGES)).isTrue();
  }

  @Test
  void threadThatWaitedForTheDeadReceiverIsServed() throws Exception {
    rig.demandPermits.drainPermits();
    rig.start();
    CompletableFuture<Boolean> waiting = InThread.supply(() -> rig.isSame(700, 1));
    await().until(rig.demandPermits::hasQueuedThreads);
    rig.demandPermits.release(PAGES);

    finish(rig.takeOver());

    assertThat(waiting.join()).isTrue();
  }

  @Test
  void whatWasGivenBackAndWhatWasMovedIsRemembered() throws Exception {
    long elsewhere = TestMemory.map(100L * PAGE);
    try {
      rig.pushPermits.release(5);
      PostCopy first = rig.start();
      await().until(() -> first.statistics().settledPages() == 320);
      TestMemory.discard(rig.destinationOf(300), 100L * PAGE); // Some are there, some are not.
      TestMemory.move(rig.destinationOf(1000), elsewhere, 100L * PAGE);
      TestMemory.move(rig.destinationOf(1500), rig.destinationOf(1000), 50L * PAGE);
      TestMemory.discard(rig.destinationOf(1010), 10L * PAGE);
      assertThat(PostCopyRig.isZero(rig.destinationOf(1010))).isTrue(); // Present once more.

      finish(rig.takeOver());

      assertThat(rig.isSame(0, 300)).isTrue();
      assertThat(PostCopyRig.isZero(rig.destinationOf(300))).isTrue();
      assertThat(PostCopyRig.isZero(rig.destinationOf(399))).isTrue();
      assertThat(rig.isSame(400, 600)).isTrue();
      assertThat(TestMemory.same(elsewhere, rig.sourceOf(1000), 100L * PAGE)).isTrue();
      assertThat(TestMemory.same(rig.destinationOf(1000), rig.sourceOf(1500), 10L * PAGE)).isTrue();
      assertThat(PostCopyRig.isZero(rig.destinationOf(1019))).isTrue();
      assertThat(TestMemory.same(rig.destinationOf(1020), rig.sourceOf(1520), 30L * PAGE)).isTrue();
    } finally {
      TestMemory.unmap(elsewhere, 100L * PAGE);
    }
  }

  @Test
  void whatWasReadAndNotHandledIsNotForgotten() throws Exception {
    rig.start().close(); // It has died, but for the reading.
    CompletableFuture<Boolean> process =
        InThread.supply(
            () -> {
              TestMemory.discard(rig.destinationOf(100), 10L * PAGE);
              return true;
            });
    await().until(() -> rig.readMessages() == 1);
    assertThat(process.join()).isTrue(); // The kernel let it run on.

    finish(rig.takeOver());

    assertThat(rig.isSame(0, 100)).isTrue();
    assertThat(PostCopyRig.isZero(rig.destinationOf(100))).isTrue();
    assertThat(PostCopyRig.isZero(rig.destinationOf(109))).isTrue();
    assertThat(rig.isSame(110, PAGES - 110)).isTrue();
  }

  @Test
  void changeOfWatchedMemoryWaitsForTheNextReceiverAndNewMemoryDoesNot() throws Exception {
    rig.start().close();
    CompletableFuture<Boolean> change =
        InThread.supply(
            () -> {
              TestMemory.discard(rig.destinationOf(100), 10L * PAGE);
              return true;
            });

    long fresh = TestMemory.map(100L * PAGE);
    assertThat(PostCopyRig.isZero(fresh)).isTrue();
    TestMemory.unmap(fresh, 100L * PAGE);
    assertThat(change).isNotDone();

    finish(rig.takeOver());
    assertThat(change.join()).isTrue();
    assertThat(PostCopyRig.isZero(rig.destinationOf(105))).isTrue();
  }

  @Test
  void secondTakeOverKnowsWhatTheFirstWasTold() throws Exception {
    rig.start();
    TestMemory.discard(rig.destinationOf(100), 10L * PAGE);
    rig.takeOver();
    TestMemory.discard(rig.destinationOf(200), 10L * PAGE);

    finish(rig.takeOver());

    assertThat(PostCopyRig.isZero(rig.destinationOf(105))).isTrue();
    assertThat(PostCopyRig.isZero(rig.destinationOf(205))).isTrue();
    assertThat(rig.isSame(110, 90)).isTrue();
    assertThat(rig.isSame(210, PAGES - 210)).isTrue();
  }

  @Test
  void whatIsToldTwiceTakesNoRoom() throws Exception {
    rig.options.journal().close();
    journal(NativeBuffer.PAGE_SIZE + 64 * 32);
    rig.start();
    for (int i = 0; i < 200; i++) {
      TestMemory.discard(rig.destinationOf(100), 10L * PAGE);
    }

    finish(rig.takeOver());
  }

  @Test
  void journalWithoutRoomIsNotTakenForAWholeOne() throws Exception {
    rig.options.journal().close();
    journal(NativeBuffer.PAGE_SIZE + 64 * 32);
    rig.start();
    for (int i = 0; i < 100; i++) {
      TestMemory.discard(rig.destinationOf(10 * i), PAGE);
    }

    assertThatThrownBy(rig::takeOver)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("changed too often");
  }
}
