package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.TestMemory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process changes its address space while pages are on their way. */
@Timeout(240)
final class PostCopyChangesIT {
  private static final int PAGE = PostCopyRig.PAGE;
  private static final int PAGES = 4096;

  @Test
  void whatTheProcessGivesBackStaysZero() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.register(0, PAGES);
      rig.pushPermits.drainPermits();
      PostCopy postCopy = rig.start();
      assertThat(rig.isSame(1000, 1)).isTrue();
      TestMemory.discard(rig.destinationOf(990), 100L * PAGE);

      rig.pushPermits.release(PAGES);
      PostCopyResult result = postCopy.awaitCompletion();
      // All but the page that was waited for and its neighbours.
      assertThat(result.droppedPages()).isBetween(100L - rig.options.neighbourPages(), 99L);
      for (int i = 990; i < 1090; i++) {
        assertThat(PostCopyRig.isZero(rig.destinationOf(i))).isTrue();
      }
      assertThat(rig.isSame(0, 990)).isTrue();
      assertThat(rig.isSame(1090, PAGES - 1090)).isTrue();
      // Verification wants the bytes of dropped pages too.
      assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
    }
  }

  @Test
  void pagesFollowTheirMappingWhereItMoves() throws Exception {
    long elsewhere = TestMemory.map(100L * PAGE);
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.register(0, PAGES);
      rig.pushPermits.drainPermits();
      PostCopy postCopy = rig.start();
      assertThat(rig.isSame(1000, 1)).isTrue();
      TestMemory.move(rig.destinationOf(990), elsewhere, 100L * PAGE);
      assertThat(TestMemory.same(elsewhere + 50L * PAGE, rig.sourceOf(1040), PAGE)).isTrue();

      rig.pushPermits.release(PAGES);
      PostCopyResult result = postCopy.awaitCompletion();
      assertThat(result.droppedPages()).isZero();
      assertThat(TestMemory.same(elsewhere, rig.sourceOf(990), 100L * PAGE)).isTrue();
      assertThat(rig.isSame(0, 990)).isTrue();
      assertThat(rig.isSame(1090, PAGES - 1090)).isTrue();
    } finally {
      TestMemory.unmap(elsewhere, 100L * PAGE);
    }
  }

  @Test
  void whatTheProcessUnmapsIsNotMissed() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.register(0, PAGES);
      rig.pushPermits.drainPermits();
      PostCopy postCopy = rig.start();
      TestMemory.unmap(rig.destinationOf(500), 100L * PAGE);
      TestMemory.mapAt(rig.destinationOf(500), 100L * PAGE, TestMemory.PROT_READ_WRITE);

      rig.pushPermits.release(PAGES);
      assertThat(postCopy.awaitCompletion().droppedPages()).isEqualTo(100);
      assertThat(PostCopyRig.isZero(rig.destinationOf(550))).isTrue();
      assertThat(rig.isSame(600, PAGES - 600)).isTrue();
    }
  }

  @Test
  void threadThatWaitsForAPageThatIsGivenBackGetsZeros() throws Exception {
    try (PostCopyRig rig = new PostCopyRig(256)) {
      rig.register(0, 256);
      rig.pushPermits.drainPermits();
      rig.demandPermits.drainPermits();
      PostCopy postCopy = rig.start();
      CompletableFuture<Boolean> thread =
          InThread.supply(() -> PostCopyRig.isZero(rig.destinationOf(201)));
      await().until(rig.demandPermits::hasQueuedThreads);
      TestMemory.discard(rig.destinationOf(200), 2L * PAGE);

      // Nothing has been answered yet.
      assertThat(thread.join()).isTrue();
      rig.demandPermits.release(256);
      rig.pushPermits.release(256);
      assertThat(postCopy.awaitCompletion().droppedPages()).isEqualTo(2);
      assertThat(PostCopyRig.isZero(rig.destinationOf(201))).isTrue();
    }
  }

  @Test
  void threadThatWaitsWhereAMappingLeavesIsWoken() throws Exception {
    long elsewhere = TestMemory.map(2L * PAGE);
    try (PostCopyRig rig = new PostCopyRig(256);
        ProcessMemory self = ProcessMemory.open((int) ProcessHandle.current().pid())) {
      rig.register(0, 256);
      rig.pushPermits.drainPermits();
      rig.demandPermits.drainPermits();
      PostCopy postCopy = rig.start();
      CompletableFuture<byte[]> moved =
          InThread.supply(() -> self.readBytes(rig.destinationOf(201), 8));
      await().until(rig.demandPermits::hasQueuedThreads);
      TestMemory.move(rig.destinationOf(200), elsewhere, 2L * PAGE);
      assertThatThrownBy(moved::join).hasCauseInstanceOf(SystemCallException.class);

      rig.demandPermits.release(256);
      rig.pushPermits.release(256);
      postCopy.awaitCompletion();
      assertThat(TestMemory.same(elsewhere, rig.sourceOf(200), 2L * PAGE)).isTrue();
    } finally {
      TestMemory.unmap(elsewhere, 2L * PAGE);
    }
  }

  @Test
  void pageThatIsReadWhileItsMappingMovesIsTheRightOne() throws Exception {
    int moves = 400;
    // Far from everything that the kernel places by itself.
    long elsewhere = 0x2000_0000_0000L;
    NativeBuffer page = NativeBuffer.allocate(PAGE);
    try (PostCopyRig rig = new PostCopyRig(2 * moves);
        ProcessMemory self = ProcessMemory.open((int) ProcessHandle.current().pid())) {
      rig.beforeInstallation = () -> LockSupport.parkNanos(100_000);
      rig.register(0, 2 * moves);
      rig.pushPermits.drainPermits();
      PostCopy postCopy = rig.start();
      // Keeps the fault loop busy, so that a fault and the move that explains it are read together.
      AtomicBoolean moving = new AtomicBoolean(true);
      CompletableFuture<Void> noise =
          InThread.run(
              () -> {
                while (moving.get()) {
                  TestMemory.discard(rig.destination, PAGE);
                  PostCopyRig.isZero(rig.destination);
                }
              });
      try {
        for (int i = 1; i < 2 * moves; i += 2) {
          long place = elsewhere + (long) i * PAGE;
          AtomicBoolean started = new AtomicBoolean();
          CompletableFuture<Void> reader =
              InThread.run(
                  () -> {
                    started.set(true);
                    readAsSoonAsMapped(self, place, page);
                  });
          await().pollDelay(Duration.ZERO).until(started::get);
          TestMemory.move(rig.destinationOf(i), place, PAGE);
          reader.join();

          assertThat(TestMemory.same(page.address(), rig.sourceOf(i), PAGE))
              .as("page %d", i)
              .isTrue();
        }
      } finally {
        moving.set(false);
        noise.join();
      }
      rig.pushPermits.release(2 * moves);
      assertThat(postCopy.awaitCompletion().droppedPages()).isEqualTo(1);
    } finally {
      TestMemory.unmap(elsewhere, 2L * moves * PAGE);
    }
  }

  private static void readAsSoonAsMapped(ProcessMemory self, long address, NativeBuffer into) {
    while (true) {
      try {
        self.read(address, into.address(), PAGE);
        return;
      } catch (SystemCallException e) {
        assertThat(e.errno()).isEqualTo(Errno.EIO);
      }
    }
  }
}
