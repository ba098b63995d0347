package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PollTest {
  @Test
  void signalMakesOnlyItsOwnDescriptorReadable() {
    try (EventFd quiet = EventFd.create();
        EventFd loud = EventFd.create()) {
      Poll poll = new Poll(quiet.number(), loud.number());
      assertThat(poll.await(0)).isFalse();

      loud.signal();

      assertThat(poll.await(-1)).isTrue();
      assertThat(poll.readable(0)).isFalse();
      assertThat(poll.readable(1)).isTrue();
      assertThat(poll.hungUp(1)).isFalse();
    }
  }

  @Test
  void drainReturnsTheCountAndClearsIt() {
    try (EventFd event = EventFd.create()) {
      event.signal();
      event.signal();

      assertThat(event.drain()).isEqualTo(2);
      assertThat(event.drain()).isZero();
      assertThat(new Poll(event.number()).await(0)).isFalse();
    }
  }

  @Test
  void waitEndsAtItsTimeout() {
    try (EventFd event = EventFd.create()) {
      long start = System.nanoTime();

      assertThat(new Poll(event.number()).await(20)).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(18));
    }
  }

  @Test
  void waitIsEndedByAnotherThread() throws Exception {
    try (EventFd event = EventFd.create()) {
      CompletableFuture<Boolean> waiting =
          CompletableFuture.supplyAsync(() -> new Poll(event.number()).await(10_000));
      event.signal();

      assertThat(waiting.get(60, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void closedWriteEndIsAHangUp() {
    try (Pipes.Pipe pipe = Pipes.create()) {
      Poll poll = new Poll(pipe.readEnd().number());
      pipe.writeEnd().close();

      assertThat(poll.await(0)).isTrue();
      assertThat(poll.hungUp(0)).isTrue();
      assertThat(poll.readable(0)).isFalse();
    }
  }
}
