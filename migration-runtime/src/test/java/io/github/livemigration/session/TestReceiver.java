package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A receiver on loopback that remembers what happened. */
public final class TestReceiver implements ReceiverListener, AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Receiver receiver;
  private final BlockingQueue<MigrationReport> reports = new LinkedBlockingQueue<>();
  private final BlockingQueue<Integer> exitStatuses = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> rejections = new LinkedBlockingQueue<>();
  private volatile double arrived;

  public TestReceiver() throws IOException {
    this(options -> options);
  }

  TestReceiver(Timeouts timeouts) throws IOException {
    this(options -> options.withTimeouts(timeouts));
  }

  TestReceiver(UnaryOperator<ReceiverOptions> choice) throws IOException {
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    receiver = Receiver.bind(choice.apply(ReceiverOptions.on(address)), this);
    receiver.open();
  }

  public InetSocketAddress address() throws IOException {
    return receiver.address();
  }

  /** Move a target here and wait until it has come completely. */
  public MigrationReport receive(TargetProcess target) throws Exception {
    return receive(target, SenderOptions.to(address()).withVerify(true));
  }

  public MigrationReport receive(TargetProcess target, SenderOptions options) throws Exception {
    new Sender(options, MigrationListener.none()).send(target.pid());
    MigrationReport report = nextReport();
    while (report.pid() != target.ownPid() || report.outcome() == Outcome.ROLLED_BACK) {
      report = nextReport(); // The first attempt has failed, and left one.
    }
    target.movedTo(report.hostPid());
    return report;
  }

  /** Begin to move a target here, and give up once it has been captured. */
  void rollBack(TargetProcess target) throws Exception {
    MigrationListener failing =
        new MigrationListener() {
          @Override
          public void phaseBegan(String name) {
            if (name.equals("restore")) {
              throw new IllegalStateException("the test gives up");
            }
          }
        };
    Sender sender = new Sender(SenderOptions.to(address()), failing);
    assertThatThrownBy(() -> sender.send(target.pid()))
        .isInstanceOf(MigrationRolledBackException.class)
        .hasMessageContaining("the test gives up");
    assertThat(nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);
  }

  public MigrationReport nextReport() throws InterruptedException {
    return next(reports, "report");
  }

  public int nextExitStatus() throws InterruptedException {
    return next(exitStatuses, "exit status");
  }

  public String nextRejection() throws InterruptedException {
    return next(rejections, "rejection");
  }

  /** Returns the part of the pages that has arrived, 0 to 1. */
  double arrived() {
    return arrived;
  }

  private <T> T next(BlockingQueue<T> queue, String what) throws InterruptedException {
    T next = queue.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (next == null) {
      throw new AssertionError("no " + what + "; rejections: " + rejections);
    }
    return next;
  }

  @Override
  public void pagesArrived(long pagesDone, long pagesTotal) {
    arrived = (double) pagesDone / pagesTotal;
  }

  @Override
  public void finished(MigrationReport report) {
    reports.add(report);
  }

  @Override
  public void rejected(String message, Throwable cause) {
    rejections.add(message);
  }

  @Override
  public void ended(int pid, int exitStatus) {
    exitStatuses.add(exitStatus);
  }

  @Override
  public void close() throws IOException {
    receiver.close();
  }
}
