package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.wire.ConnectionClosedException;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Loopback;
import io.github.livemigration.wire.PeerException;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(120)
final class PageServerTest {
  private static final int PAGE = PageRun.PAGE_BYTES;
  private static final long START = 0x4000_0000L;

  private final byte[] memory = PageChecksumTest.randomPages(100);
  private final PageMap map = PageMap.of(List.of(new PageRun(START, 100)));
  private Loopback loopback;
  private FrameChannel client;
  private PageServer server;
  private Thread thread;
  private final AtomicInteger answers = new AtomicInteger();

  @BeforeEach
  void serve() throws IOException {
    loopback = Loopback.connect();
    client = loopback.nearFrames();
    start(
        (address, count, into) -> {
          int offset = (int) (address - START);
          into.put(0, Arrays.copyOfRange(memory, offset, offset + count * PAGE));
          return count * PAGE;
        });
  }

  private void start(PageSource source) throws IOException {
    server = new PageServer(loopback.farFrames(), map, source, answers::incrementAndGet);
    thread = new Thread(server);
    thread.start();
  }

  @AfterEach
  void end() throws Exception {
    server.close();
    thread.join();
    loopback.close();
  }

  private void ask(long address, int count) throws IOException {
    ByteBuffer request = ByteBuffer.allocate(PageFrames.REQUEST_BYTES);
    PageFrames.putRequest(request, address, count);
    client.send(FrameType.GET_PAGES, request);
  }

  @Test
  void pagesArriveInOrderOfTheQuestions() throws IOException {
    ask(START, 1);
    ask(START + 5L * PAGE, 64);
    ask(START + 99L * PAGE, 1);

    assertThatPagesArrive(0, 1, 0);
    assertThatPagesArrive(5, 64, 0);
    assertThatPagesArrive(99, 1, 0);
  }

  @Test
  void pagesOfZerosAreOnlyBits() throws Exception {
    for (int page : new int[] {0, 3, 4, 63}) {
      Arrays.fill(memory, page * PAGE, (page + 1) * PAGE, (byte) 0);
    }
    // One byte at the very end is enough to have content.
    Arrays.fill(memory, 10 * PAGE, 11 * PAGE, (byte) 0);
    memory[11 * PAGE - 1] = 1;
    ask(START, 64);

    assertThatPagesArrive(0, 64, 1L | 1L << 3 | 1L << 4 | 1L << 63);
    client.close();
    thread.join();
    assertThat(server.statistics()).isEqualTo(new PageServerStatistics(1, 64, 4, 60L * PAGE));
    assertThat(server.failure()).isEmpty();
  }

  @Test
  void eachAnswerIsTold() throws Exception {
    ask(START, 1);
    ask(START + PAGE, 2);
    client.receive(FrameType.PAGES);
    client.receive(FrameType.PAGES);
    client.close();
    thread.join();

    assertThat(answers).hasValue(2);
  }

  @Test
  void nothingButZerosIsAHeaderAlone() throws IOException {
    Arrays.fill(memory, (byte) 0);
    ask(START, 64);

    assertThatPagesArrive(0, 64, -1L);
  }

  private void assertThatPagesArrive(int first, int count, long zeroMask) throws IOException {
    ByteBuffer payload = ByteBuffer.wrap(client.receive(FrameType.PAGES).payload());
    int body = payload.capacity() - PageFrames.REPLY_HEADER_BYTES;
    assertThat(PageFrames.checkReply(payload, body, START + (long) first * PAGE, count))
        .isEqualTo(zeroMask);
    payload.position(PageFrames.REPLY_HEADER_BYTES);
    byte[] page = new byte[PAGE];
    for (int i = 0; i < count; i++) {
      Arrays.fill(page, (byte) 0);
      if ((zeroMask >>> i & 1) == 0) {
        payload.get(page);
      }
      assertThat(page)
          .isEqualTo(Arrays.copyOfRange(memory, (first + i) * PAGE, (first + i + 1) * PAGE));
    }
    assertThat(payload.hasRemaining()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "0x4000_0000, 0, GET_PAGES: pageCount 0 is not between 1 and 64",
    "0x4000_0000, 65, GET_PAGES: pageCount 65 is not between 1 and 64",
    "0x4000_0000, -1, GET_PAGES: pageCount 4294967295 is not between 1 and 64",
    "0x4000_0001, 1, GET_PAGES: address 0x40000001 is not page-aligned",
    "0x3fff_f000, 1, GET_PAGES: 1 pages at address 0x3ffff000 are not in the page map",
    "0x4006_3000, 2, GET_PAGES: 2 pages at address 0x40063000 are not in the page map",
    "-4096, 2, GET_PAGES: 2 pages at address 0xfffffffffffff000 are not in the page map",
  })
  void questionForAnythingElseEndsTheConnection(String address, int count, String reason)
      throws Exception {
    ask(Long.decode(address.replace("_", "")), count);

    assertThatExceptionOfType(PeerException.class)
        .isThrownBy(() -> client.receive(FrameType.PAGES))
        .satisfies(e -> assertThat(e.reason()).isEqualTo(reason));
    assertThatExceptionOfType(ConnectionClosedException.class)
        .isThrownBy(() -> client.receive(FrameType.PAGES));
    thread.join();
    assertThat(server.failure()).get().isInstanceOf(WireException.class);
  }

  @Test
  void otherFramesEndTheConnection() {
    assertThatExceptionOfType(PeerException.class)
        .isThrownBy(
            () -> {
              client.send(FrameType.COMMIT);
              client.receive(FrameType.PAGES);
            })
        .withMessageContaining("frame COMMIT where GET_PAGES was due");
  }

  @Test
  void shortQuestionEndsTheConnection() {
    assertThatExceptionOfType(PeerException.class)
        .isThrownBy(
            () -> {
              client.send(FrameType.GET_PAGES, new byte[15]);
              client.receive(FrameType.PAGES);
            })
        .withMessageContaining("GET_PAGES: payload of 15 bytes instead of 16");
  }

  @Test
  void memoryThatCannotBeReadIsReported() throws Exception {
    end();
    loopback = Loopback.connect();
    client = loopback.nearFrames();
    start(
        (address, count, into) -> {
          throw new SystemCallException("process_vm_readv(4711)", Errno.ESRCH);
        });

    assertThatExceptionOfType(PeerException.class)
        .isThrownBy(
            () -> {
              ask(START, 1);
              client.receive(FrameType.PAGES);
            })
        .withMessageContaining("a page cannot be read: process_vm_readv(4711): ESRCH");
  }

  @Test
  void closingEndsServingWithoutFailure() {
    server.close();

    await().until(() -> !thread.isAlive());
    assertThat(server.failure()).isEmpty();
  }

  @Test
  void peerThatVanishesInAQuestionIsAFailure() throws Exception {
    loopback.near().write(ByteBuffer.wrap(new byte[] {0, 13, 0}));
    loopback.near().close();
    thread.join();

    assertThat(server.failure()).get().isInstanceOf(ConnectionClosedException.class);
  }
}
