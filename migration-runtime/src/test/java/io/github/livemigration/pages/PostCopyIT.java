package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.PageMapScan;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.TestMemory;
import io.github.livemigration.wire.FrameChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Fills memory of this very process, with the kernel's own faults and events. */
@Timeout(240)
final class PostCopyIT {
  private static final int PAGE = PostCopyRig.PAGE;
  private static final int PAGES = 4096;

  @Test
  void pushBringsEveryPage() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.register(0, PAGES);
      PostCopyResult result = rig.start().awaitCompletion();

      assertThat(rig.isSame(0, PAGES)).isTrue();
      assertThat(result.zeroPages()).isEqualTo(820);
      assertThat(result.pushedPages()).isEqualTo(PAGES - 820);
      assertThat(result.faults().count()).isZero();
      assertThat(result.pageBytes()).isEqualTo((PAGES - 820L) * PAGE);
      assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
      assertThat(result.checksummedPages()).isEqualTo(PAGES);
      assertThat(result.settledPages()).isEqualTo(PAGES);
    }
  }

  /** A process that writes to the page of zeros, which all share, gets its own by another fault. */
  @Test
  void onlyLongRunsOfZerosAreThePageOfZeros() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(64)) {
      TestMemory.discard(rig.sourceOf(20), 20L * PAGE);
      rig.register(0, 64);
      PostCopyResult result = rig.start().awaitCompletion();

      assertThat(result.zeroPages()).isEqualTo(13 + 16);
      List<String> shared = new ArrayList<>();
      try (PageMapScan scan = PageMapScan.open(SelfProcess.pid())) {
        scan.scan(
            rig.destinationOf(0),
            rig.destinationOf(64),
            PageMapScan.PFNZERO,
            0,
            0,
            PageMapScan.PFNZERO,
            (start, end, kinds) ->
                shared.add(
                    (start - rig.destination) / PAGE + "-" + (end - rig.destination) / PAGE));
      }
      assertThat(shared).containsExactly("20-41"); // Every fifth page is zeros too.
      assertThat(rig.isSame(0, 64)).isTrue();
    }
  }

  @Test
  void threadsGetTheirPagesBeforeThePushDoes() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.register(0, PAGES);
      rig.pushPermits.drainPermits();
      PostCopy postCopy = rig.start();
      List<CompletableFuture<Boolean>> threads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        int first = i * 1000 + 7;
        threads.add(InThread.supply(() -> rig.isSame(first, 500)));
      }

      assertThat(threads).allSatisfy(thread -> assertThat(thread.join()).isTrue());
      assertThatExceptionOfType(TimeoutException.class)
          .isThrownBy(() -> postCopy.awaitCompletion(Duration.ofMillis(1)));
      FaultStatistics faults = postCopy.statistics().faults();
      assertThat(faults.count()).isBetween(4L * 500 / 64, 4L * 500);
      assertThat(faults.maxMicros()).isPositive();

      rig.pushPermits.release(PAGES);
      PostCopyResult result = postCopy.awaitCompletion();
      assertThat(result.demandPages()).isBetween(1500L, 2100L);
      assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
      assertThat(rig.isSame(0, PAGES)).isTrue();
    }
  }

  @Test
  void pageThatThePushHasAskedForComesOnDemandAllTheSame() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.register(0, PAGES);
      rig.pushPermits.drainPermits();
      PostCopy postCopy = rig.start();
      // The window is full of questions from page 0 on, and none is answered.
      await().until(rig.pushPermits::hasQueuedThreads);
      assertThat(InThread.supply(() -> rig.isSame(3, 1)).join()).isTrue();

      await().until(() -> postCopy.statistics().demandPages() == 1);
      rig.pushPermits.release(PAGES);
      assertThat(postCopy.awaitCompletion().demandPages()).isEqualTo(1);
    }
  }

  @Test
  void hotPagesAreLeftAlone() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(64)) {
      rig.hot.set(10, 20);
      TestMemory.copy(rig.destinationOf(10), rig.sourceOf(30), 10L * PAGE);
      rig.register(0, 64);
      PostCopyResult result = rig.start().awaitCompletion();

      assertThat(result.hotPages()).isEqualTo(10);
      assertThat(result.checksummedPages()).isEqualTo(54);
      assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
      assertThat(rig.isSame(0, 10)).isTrue();
      assertThat(TestMemory.same(rig.destinationOf(10), rig.sourceOf(30), 10L * PAGE)).isTrue();
      assertThat(rig.isSame(20, 44)).isTrue();
    }
  }

  @Test
  void pagesThatNobodyHadAreZerosWhileAndAfterTheOthersCome() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      // Only every other hundred is to come; the source has content in the others all the same.
      List<PageRun> runs = new ArrayList<>();
      for (int i = 0; i < PAGES - 200; i += 200) {
        runs.add(new PageRun(rig.destinationOf(i), 100));
      }
      rig.map = PageMap.of(runs);
      rig.register(0, PAGES);
      PostCopy postCopy = rig.start();
      assertThat(PostCopyRig.isZero(rig.destinationOf(150))).isTrue();
      PostCopyResult result = postCopy.awaitCompletion();
      assertThat(PostCopyRig.isZero(rig.destinationOf(350))).isTrue();

      await().until(() -> postCopy.statistics().faults().zeroFilled() == 2);
      assertThat(result.totalPages()).isEqualTo(rig.map.pageCount());
      for (int i = 0; i < PAGES - 200; i += 200) {
        assertThat(rig.isSame(i, 100)).isTrue();
        assertThat(PostCopyRig.isZero(rig.destinationOf(i + 100))).isTrue();
        assertThat(PostCopyRig.isZero(rig.destinationOf(i + 199))).isTrue();
      }
    }
  }

  @Test
  void emptyMapIsCompleteAtOnce() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(1)) {
      rig.map = PageMap.empty();
      rig.register(0, 1);
      PostCopyResult result = rig.start().awaitCompletion();

      assertThat(result.totalPages()).isZero();
      assertThat(PostCopyRig.isZero(rig.destination)).isTrue();
    }
  }

  @Test
  void runOverMappingsThatTouchIsInstalledPieceByPiece() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(256)) {
      // Five mappings side by side, of which the kernel serves each with calls of its own.
      rig.register(0, 256);
      TestMemory.protect(rig.destinationOf(1), PAGE, TestMemory.PROT_READ);
      TestMemory.protect(rig.destinationOf(40), 7L * PAGE, TestMemory.PROT_NONE);
      PostCopyResult result = rig.start().awaitCompletion();

      assertThat(result.droppedPages()).isZero();
      TestMemory.protect(rig.destination, 256L * PAGE, TestMemory.PROT_READ_WRITE);
      assertThat(rig.isSame(0, 256)).isTrue();
    }
  }

  @Test
  void pageWhosePlaceIsNotRegisteredIsDroppedAndSoAreNoOthers() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(256)) {
      rig.register(0, 100);
      rig.register(101, 155);
      PostCopyResult result = rig.start().awaitCompletion();

      assertThat(result.droppedPages()).isEqualTo(1);
      assertThat(rig.isSame(0, 100)).isTrue();
      assertThat(rig.isSame(101, 155)).isTrue();
      assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
    }
  }

  @Test
  void lostConnectionIsReportedAndTheProcessGoesOnAfterReconnecting() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.register(0, PAGES);
      rig.pushPermits.drainPermits();
      rig.pushPermits.release(10);
      rig.demandPermits.drainPermits();
      PostCopy postCopy = rig.start();
      // Before there is a fault, as the push goes on near that, where less than 640 pages are left.
      await().until(() -> postCopy.statistics().settledPages() == 640);
      CompletableFuture<Boolean> thread = InThread.supply(() -> rig.isSame(3000, 4));
      await().until(rig.demandPermits::hasQueuedThreads);
      FrameChannel unneeded = rig.serve(rig.demandPermits);
      assertThatIllegalStateException()
          .isThrownBy(() -> postCopy.reconnect(unneeded, unneeded))
          .withMessage("the page connections are not lost");
      rig.breakConnections();

      assertThatExceptionOfType(PageConnectionLostException.class)
          .isThrownBy(postCopy::awaitCompletion)
          .withMessageStartingWith("3456 pages are missing: ")
          .satisfies(e -> assertThat(e.missingPages()).isEqualTo(3456));
      assertThat(thread).isNotDone();
      // A fault while nobody can be asked is asked for later.
      CompletableFuture<Boolean> late = InThread.supply(() -> rig.isSame(3500, 1));

      rig.demandPermits.release(1 << 20);
      rig.pushPermits.release(1 << 20);
      postCopy.reconnect(rig.serve(rig.demandPermits), rig.serve(rig.pushPermits));
      PostCopyResult result = postCopy.awaitCompletion();
      assertThat(thread.join()).isTrue();
      assertThat(late.join()).isTrue();
      assertThat(rig.isSame(0, PAGES)).isTrue();
      assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
    }
  }

  @Test
  void silentPeerCountsAsLost() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(64)) {
      rig.register(0, 64);
      rig.options = rig.options.withReplyTimeout(Duration.ofMillis(100));
      rig.pushPermits.drainPermits();
      rig.demandPermits.drainPermits();
      PostCopy postCopy = rig.start();
      CompletableFuture<Boolean> thread = InThread.supply(() -> rig.isSame(30, 1));

      assertThatExceptionOfType(PageConnectionLostException.class)
          .isThrownBy(postCopy::awaitCompletion)
          .withMessageContaining("has not answered for 100 ms");
      rig.demandPermits.release(1 << 20);
      rig.pushPermits.release(1 << 20);
      postCopy.reconnect(rig.serve(rig.demandPermits), rig.serve(rig.pushPermits));
      postCopy.awaitCompletion();
      assertThat(thread.join()).isTrue();
    }
  }

  /** Nothing is missed meanwhile, but it would stay so for ever. */
  @Test
  void silenceOfThePushAloneCountsAsALossToo() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(64)) {
      rig.register(0, 64);
      rig.options = rig.options.withReplyTimeout(Duration.ofMillis(100));
      rig.pushPermits.drainPermits();
      PostCopy postCopy = rig.start();

      assertThatExceptionOfType(PageConnectionLostException.class)
          .isThrownBy(() -> postCopy.awaitCompletion(Duration.ofMinutes(1)))
          .withMessageContaining("has not answered for 100 ms");
      rig.pushPermits.release(1 << 20);
      postCopy.reconnect(rig.serve(rig.demandPermits), rig.serve(rig.pushPermits));
      assertThat(postCopy.awaitCompletion().pushedPages()).isPositive();
      assertThat(rig.isSame(0, 64)).isTrue();
    }
  }

  @Test
  void progressEndsWithEverything() throws Exception {
    List<Long> heard = new CopyOnWriteArrayList<>();
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.listener =
          new PostCopyListener() {
            @Override
            public void progress(long settledPages, long totalPages) {
              heard.add(settledPages);
            }
          };
      rig.register(0, PAGES);
      rig.start().awaitCompletion();
      await().until(() -> heard.contains((long) PAGES));
    }
    assertThat(heard).isSorted();
  }
}
