package io.github.livemigration.cli;

import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.MigrationReportJson;
import io.github.livemigration.session.ReceiverListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells on standard error what a receiver does, writes its reports and counts ended processes. */
final class ReceiveProgress implements ReceiverListener {
  private static final Logger LOG = LoggerFactory.getLogger(ReceiveProgress.class);

  private final @Nullable Path report;
  private final ProgressBar bar = new ProgressBar(System.err);
  private final boolean terminal = Terminal.showsErrors();
  private final CountDownLatch remaining;
  private volatile int lastExitStatus;

  /**
   * Prepare to count.
   *
   * @param count processes to wait for, 0 for no end
   */
  ReceiveProgress(@Nullable Path report, int count) {
    this.report = report;
    this.remaining = new CountDownLatch(count == 0 ? Integer.MAX_VALUE : count);
  }

  /** Wait for the last process; returns its exit status. */
  int awaitEnd() throws InterruptedException {
    remaining.await();
    return lastExitStatus;
  }

  @Override
  public void pagesArrived(long pagesDone, long pagesTotal) {
    if (terminal) {
      bar.pagesArrived(pagesDone, pagesTotal);
    }
  }

  @Override
  public void warned(String message) {
    bar.warned(message);
  }

  @Override
  public void resumed(int pid, int hostPid) {
    System.err.println("restored: pid " + pid + " (host pid " + hostPid + ")");
  }

  @Override
  public void finished(MigrationReport content) {
    if (report == null) {
      return;
    }
    try {
      MigrationReportJson.write(report, content);
    } catch (IOException e) {
      System.err.println("warning: the report cannot be written to " + report + ": " + e);
    }
  }

  @Override
  public void rejected(String message, Throwable cause) {
    System.err.println("error: " + message.replaceAll("\\s*\\R\\s*", " "));
    LOG.debug("rejected", cause);
  }

  @Override
  public void ended(int pid, int exitStatus) {
    System.err.println("ended: pid " + pid + ", exit status " + exitStatus);
    lastExitStatus = exitStatus;
    remaining.countDown();
  }
}
