package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The target runs on the destination before its memory is there. */
class PostCopyOrderIT {
  /** The network brings no more than these on each connection until a number was printed. */
  private static final long BYTES_AT_FIRST = 64 << 20;

  /** The target looks at all of its memory with every 500th number, which must not come so soon. */
  private static final int DELAY_MILLIS = 20;

  @TempDir Path folder;

  @Test
  void firstNumberIsPrintedWhileMostPagesAreStillOnTheSource() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", DELAY_MILLIS, 512);
        TestReceiver receiver = new TestReceiver();
        StallingProxy network = new StallingProxy(receiver.address(), BYTES_AT_FIRST)) {
      target.awaitMoreLines(20);
      CompletableFuture<Double> arrivedAtFirstNumber = new CompletableFuture<>();
      SenderOptions options = SenderOptions.to(network.address());
      MigrationListener watch =
          new MigrationListener() {
            @Override
            public void phaseBegan(String name) {
              if (name.equals("post-copy")) {
                arrivedAtFirstNumber.completeAsync(
                    () -> {
                      double arrived = awaitNumber(target, receiver);
                      network.release();
                      return arrived;
                    });
              }
            }
          };

      new Sender(options, watch).send(target.pid());

      target.movedTo(receiver.nextReport().hostPid());
      assertThat(arrivedAtFirstNumber.get())
          .as("part of the pages that had arrived when the first number was printed")
          .isLessThan(0.5);
    }
  }

  private static double awaitNumber(TargetProcess target, TestReceiver receiver) {
    try {
      int before = target.lines().size();
      while (target.lines().size() == before) {
        Thread.onSpinWait();
      }
      return receiver.arrived();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
