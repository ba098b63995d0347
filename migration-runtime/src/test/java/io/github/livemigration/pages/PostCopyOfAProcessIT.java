package io.github.livemigration.pages;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.DescriptorQueue;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.TestMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.Writer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fills memory of another process, which forks and ends meanwhile. */
@Timeout(240)
final class PostCopyOfAProcessIT {
  private static final int PAGE = PostCopyRig.PAGE;
  private static final int PAGES = 2048;

  @TempDir Path folder;
  private Process process;
  private BufferedReader output;
  private Writer input;
  private PostCopyRig rig;

  @BeforeEach
  void startTarget() throws Exception {
    Path script = folder.resolve("fork_target.py");
    try (InputStream resource = getClass().getResourceAsStream("fork_target.py")) {
      Files.copy(resource, script);
    }
    process =
        new ProcessBuilder("python3", script.toString(), Integer.toString(PAGES))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    output = process.inputReader(UTF_8);
    input = process.outputWriter(UTF_8);
    List<String> words = List.of(output.readLine().split(" ", 2));
    Pidfd pidfd = Pidfd.open((int) process.pid());
    rig =
        new PostCopyRig(
            PAGES,
            Long.parseLong(words.get(1)),
            pidfd.takeFd(Integer.parseInt(words.get(0))),
            pidfd);
    rig.pushPermits.drainPermits();
  }

  @AfterEach
  void endTarget() throws Exception {
    process.destroyForcibly().waitFor();
    rig.close();
  }

  private void tell(String command) throws IOException {
    input.write(command + "\n");
    input.flush();
  }

  private String crcOfSource() {
    return crcOfSource(0, 0);
  }

  /** The CRC-32 of the source with some pages replaced by zeros. */
  private String crcOfSource(int zeroPage, int zeroCount) {
    CRC32 crc = new CRC32();
    NativeBuffer page = NativeBuffer.allocate(PAGE);
    for (int i = 0; i < PAGES; i++) {
      ByteBuffer bytes = page.bytes().clear();
      if (i >= zeroPage && i < zeroPage + zeroCount) {
        crc.update(ByteBuffer.allocate(PAGE));
      } else {
        TestMemory.copy(page.address(), rig.sourceOf(i), PAGE);
        crc.update(bytes.limit(PAGE));
      }
    }
    return Long.toString(crc.getValue());
  }

  @Test
  void memoryOfAnotherProcessIsFilled() throws Exception {
    PostCopy postCopy = rig.start();
    tell("sum");
    assertThat(output.readLine()).isEqualTo("sum " + crcOfSource());

    rig.pushPermits.release(PAGES);
    PostCopyResult result = postCopy.awaitCompletion();
    assertThat(result.processEnded()).isFalse();
    assertThat(result.faults().count()).isPositive();
  }

  @Test
  void forkedChildIsServedWithItsParent() throws Exception {
    List<Integer> spaces = new CopyOnWriteArrayList<>();
    rig.listener =
        new PostCopyListener() {
          @Override
          public void processForked(int addressSpaces) {
            spaces.add(addressSpaces);
          }
        };
    rig.pushPermits.release(5);
    PostCopy postCopy = rig.start();
    await().until(() -> postCopy.statistics().settledPages() == 320);
    tell("fork");
    assertThat(output.readLine()).startsWith("forked ");
    // What the parent does now is no business of the child's.
    tell("discard 1000 100");
    assertThat(output.readLine()).isEqualTo("discarded");
    tell("child");
    assertThat(output.readLine()).isEqualTo("child " + crcOfSource());
    tell("sum");
    assertThat(output.readLine()).isEqualTo("sum " + crcOfSource(1000, 100));

    rig.pushPermits.release(PAGES);
    PostCopyResult result = postCopy.awaitCompletion();
    assertThat(spaces).containsExactly(2);
    assertThat(result.forkedAddressSpaces()).isEqualTo(1);
    assertThat(result.droppedPages()).isEqualTo(100);
    assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
  }

  @Test
  void childIsServedByTheReceiverThatTakesOver() throws Exception {
    try (EventJournal journal =
        EventJournal.begin(NativeBuffer.allocate(1 << 20), DescriptorQueue.create())) {
      rig.options = rig.options.withJournal(journal);
      rig.pushPermits.release(5);
      PostCopy first = rig.start();
      await().until(() -> first.statistics().settledPages() == 320);
      tell("discard 300 50");
      assertThat(output.readLine()).isEqualTo("discarded");
      tell("fork");
      assertThat(output.readLine()).startsWith("forked ");
      tell("discard 1000 100");
      assertThat(output.readLine()).isEqualTo("discarded");

      try (PostCopy taken = rig.takeOver()) {
        rig.pushPermits.release(PAGES);
        taken.reconnect(rig.serve(rig.demandPermits), rig.serve(rig.pushPermits));

        tell("child");
        assertThat(output.readLine()).isEqualTo("child " + crcOfSource(300, 50));
        PostCopyResult result = taken.awaitCompletion();
        assertThat(result.forkedAddressSpaces()).isEqualTo(1);
        assertThat(result.checksum()).isEqualTo(rig.expectedChecksum().value());
      }
    }
  }

  @Test
  void childThatNeedsNothingMoreIsNotKept() throws Exception {
    DescriptorQueue queue = DescriptorQueue.create();
    try (EventJournal journal = EventJournal.begin(NativeBuffer.allocate(1 << 20), queue)) {
      rig.options = rig.options.withJournal(journal);
      PostCopy postCopy = rig.start();
      tell("fork");
      assertThat(output.readLine()).startsWith("forked ");
      rig.pushPermits.release(PAGES);
      postCopy.awaitCompletion();
      postCopy.close();

      assertThat(queue.poll()).isEmpty();
      try (PostCopy taken = rig.takeOver()) {
        assertThat(taken.statistics().missingPages()).isZero();
      }
    }
  }

  @Test
  void completionWaitsForTheChildToo() throws Exception {
    PostCopy postCopy = rig.start();
    tell("fork");
    assertThat(output.readLine()).startsWith("forked ");
    tell("discard 0 " + PAGES);
    assertThat(output.readLine()).isEqualTo("discarded");
    await().until(() -> postCopy.statistics().missingPages() == 0);
    rig.pushPermits.release(PAGES);
    postCopy.awaitCompletion();
    postCopy.close();
    // Nothing is left to be asked for: the child has its own copy of everything.
    rig.breakConnections();
    tell("child");
    assertThat(output.readLine()).isEqualTo("child " + crcOfSource());
  }

  @Test
  void memoryThatIsWipedOnForkIsZeroInTheChild() throws Exception {
    rig.options = rig.options.withWipedOnFork(List.of(new PageRun(rig.destinationOf(100), 50)));
    PostCopy postCopy = rig.start();
    tell("fork");
    assertThat(output.readLine()).startsWith("forked ");
    tell("child");
    assertThat(output.readLine()).isEqualTo("child " + crcOfSource(100, 50));
    tell("sum");
    assertThat(output.readLine()).isEqualTo("sum " + crcOfSource());

    rig.pushPermits.release(PAGES);
    postCopy.awaitCompletion();
  }

  @Test
  void endOfTheProcessEndsPostCopy() throws Exception {
    rig.pushPermits.release(3);
    PostCopy postCopy = rig.start();
    await().until(() -> postCopy.statistics().settledPages() == 192);
    process.destroyForcibly().waitFor();
    rig.pushPermits.release(PAGES);

    PostCopyResult result = postCopy.awaitCompletion();
    assertThat(result.droppedPages()).isGreaterThan(PAGES / 2);
    await().until(() -> postCopy.statistics().processEnded());
  }

  @Test
  void processThatBecomesAnotherProgramMissesNothing() throws Exception {
    rig.pushPermits.release(3);
    PostCopy postCopy = rig.start();
    await().until(() -> postCopy.statistics().settledPages() == 192);
    tell("exec");
    rig.pushPermits.release(1);
    await().until(() -> Files.readString(executable()).startsWith("sleep"));
    rig.pushPermits.release(PAGES);

    PostCopyResult result = postCopy.awaitCompletion();
    assertThat(result.processEnded()).isFalse();
    assertThat(result.droppedPages()).isGreaterThan(PAGES / 2);
  }

  private Path executable() {
    return Path.of("/proc", Long.toString(process.pid()), "comm");
  }

  @Test
  void endOfTheProcessAndOfTheConnectionsIsNoLoss() throws Exception {
    PostCopy postCopy = rig.start();
    process.destroyForcibly().waitFor();
    await().until(() -> postCopy.statistics().processEnded());
    rig.breakConnections();

    assertThat(postCopy.awaitCompletion().droppedPages()).isEqualTo(PAGES);
  }
}
