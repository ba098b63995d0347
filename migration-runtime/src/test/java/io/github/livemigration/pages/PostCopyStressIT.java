package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.TestMemory;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that changes its address space as fast as it can while its pages come, and knows at
 * every moment what each page has to hold.
 */
@Timeout(240)
final class PostCopyStressIT {
  private static final int PAGE = PostCopyRig.PAGE;
  private static final int PAGES = 16_384;
  private static final int GROUP = 16;
  private static final int GROUPS = PAGES / GROUP;
  private static final int READ_ONLY_GROUPS = GROUPS / 4;

  /** What a group of pages holds: pages of the source, zeros, or something written. */
  private enum Content {
    ORIGINAL,
    ZERO,
    WRITTEN
  }

  /** Groups by their place on the source. */
  private static final class Model {
    final Content[] content = new Content[GROUPS];
    final long[] address = new long[GROUPS];
  }

  private final long zeros = TestMemory.map(GROUP * PAGE);
  private final long written = TestMemory.map(GROUP * PAGE);
  private final Deque<Long> holes = new ArrayDeque<>();
  private long spare;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyPageHoldsAtAllTimesWhatItHasTo(long seed) throws Exception {
    spare = TestMemory.map((long) PAGES * PAGE);
    for (int i = 0; i < GROUPS; i++) {
      holes.add(spare + (long) i * GROUP * PAGE);
    }
    NativeBuffer marks = NativeBuffer.allocate(GROUP * PAGE);
    byte[] mark = new byte[GROUP * PAGE];
    Arrays.fill(mark, (byte) 0x5a);
    marks.put(0, mark);
    TestMemory.copy(written, marks.address(), GROUP * PAGE);

    try (PostCopyRig rig = new PostCopyRig(PAGES)) {
      rig.options = rig.options.withWindowPages(128).withVerify(seed % 2 == 0);
      // Every now and then the installer sleeps between its decision and the call.
      Random pauses = new Random(seed);
      rig.beforeInstallation =
          () -> {
            if (pauses.nextInt(16) == 0) {
              LockSupport.parkNanos(100_000);
            }
          };
      rig.register(0, PAGES);
      // So slowly that the changes keep up with it.
      rig.pushPermits.drainPermits();
      PostCopy postCopy = rig.start();
      CompletableFuture<Void> slowPush =
          InThread.run(
              () -> {
                for (int i = 0; i < PAGES; i++) {
                  rig.pushPermits.release();
                  LockSupport.parkNanos(20_000);
                }
              });
      CompletableFuture<Boolean> reader =
          InThread.supply(() -> readsWhatItHasTo(rig, new Random(seed + 100)));
      Model model = mutate(rig, postCopy, new Random(seed));
      PostCopyResult result = postCopy.awaitCompletion();

      assertThat(reader.join()).isTrue();
      for (int group = 0; group < GROUPS; group++) {
        assertThatGroupIsRight(rig, model, group);
      }
      assertThat(result.missingPages()).isZero();
      if (seed % 2 == 0) {
        assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
      }
      slowPush.join();
    } finally {
      TestMemory.unmap(spare, (long) PAGES * PAGE);
      TestMemory.unmap(zeros, GROUP * PAGE);
      TestMemory.unmap(written, GROUP * PAGE);
    }
  }

  private static boolean readsWhatItHasTo(PostCopyRig rig, Random random) {
    boolean right = true;
    for (int i = 0; i < 2000; i++) {
      right &= rig.isSame(random.nextInt(READ_ONLY_GROUPS * GROUP), 1);
    }
    return right;
  }

  private Model mutate(PostCopyRig rig, PostCopy postCopy, Random random) {
    Model model = new Model();
    Arrays.fill(model.content, Content.ORIGINAL);
    for (int group = 0; group < GROUPS; group++) {
      model.address[group] = rig.destinationOf(group * GROUP);
    }
    for (int i = 0; i < 20_000; i++) {
      // Just where pages are being installed now, or anywhere.
      int place = (int) (postCopy.statistics().settledPages() / GROUP) + random.nextInt(12);
      int group =
          place < READ_ONLY_GROUPS || place >= GROUPS
              ? READ_ONLY_GROUPS + random.nextInt(GROUPS - READ_ONLY_GROUPS)
              : place;
      long address = model.address[group];
      switch (random.nextInt(8)) {
        case 0 -> {
          TestMemory.discard(address, GROUP * PAGE);
          model.content[group] = Content.ZERO;
        }
        case 1 -> {
          // The place is emptied by the move and may be moved to later on, as allocators do.
          long hole = random.nextBoolean() ? holes.pollFirst() : holes.pollLast();
          TestMemory.move(address, hole, GROUP * PAGE);
          model.address[group] = hole;
          holes.add(address);
        }
        case 2 -> {
          TestMemory.unmap(address, GROUP * PAGE);
          TestMemory.mapAt(address, GROUP * PAGE, TestMemory.PROT_READ_WRITE);
          model.content[group] = Content.ZERO;
        }
        case 3 -> {
          TestMemory.copy(address, written, GROUP * PAGE);
          model.content[group] = Content.WRITTEN;
        }
        case 4 -> assertThatGroupIsRight(rig, model, group);
        default -> {
          // The first touch comes later.
        }
      }
    }
    return model;
  }

  private void assertThatGroupIsRight(PostCopyRig rig, Model model, int group) {
    long expected =
        switch (model.content[group]) {
          case ORIGINAL -> rig.sourceOf(group * GROUP);
          case ZERO -> zeros;
          case WRITTEN -> written;
        };
    assertThat(TestMemory.same(model.address[group], expected, GROUP * PAGE))
        .as("group %d is %s at %#x", group, model.content[group], model.address[group])
        .isTrue();
  }
}
