package io.github.livemigration.maven.launcher;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Keeps how each test ended, as properties {@code test.N.…}, and prints a line about it. Used by
 * several threads where tests run in parallel.
 */
final class RecordingListener implements TestExecutionListener {

  private static final double NANOS_PER_SECOND = 1e9;

  private final PrintStream out;
  private final Properties results = new Properties();
  private final Map<String, Long> startNanos = new ConcurrentHashMap<>();
  private int count;

  RecordingListener(PrintStream out) {
    this.out = out;
  }

  synchronized Properties results() {
    results.setProperty("count", Integer.toString(count));
    return results;
  }

  @Override
  public void executionStarted(TestIdentifier identifier) {
    startNanos.put(identifier.getUniqueId(), System.nanoTime());
  }

  @Override
  public void executionSkipped(TestIdentifier identifier, String reason) {
    if (identifier.isTest()) {
      record(identifier, "skipped", 0, reason, "");
    }
  }

  @Override
  public void executionFinished(TestIdentifier identifier, TestExecutionResult result) {
    boolean passed = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL;
    if (!identifier.isTest() && passed) {
      return;
    }
    Long start = startNanos.remove(identifier.getUniqueId());
    double seconds = start == null ? 0 : (System.nanoTime() - start) / NANOS_PER_SECOND;
    String status =
        switch (result.getStatus()) {
          case SUCCESSFUL -> "passed";
          case ABORTED -> "skipped";
          case FAILED -> "failed";
        };
    String message = result.getThrowable().map(RecordingListener::message).orElse("");
    String trace = result.getThrowable().map(RecordingListener::trace).orElse("");
    record(identifier, status, seconds, message, trace);
  }

  @Override
  public synchronized void reportingEntryPublished(TestIdentifier identifier, ReportEntry entry) {
    entry
        .getKeyValuePairs()
        .forEach(
            (key, value) ->
                results.setProperty("entry." + identifier.getUniqueId() + "." + key, value));
  }

  private synchronized void record(
      TestIdentifier identifier, String status, double seconds, String message, String trace) {
    count++;
    String key = "test." + count + ".";
    results.setProperty(key + "id", identifier.getUniqueId());
    results.setProperty(key + "class", className(identifier));
    results.setProperty(key + "name", identifier.getDisplayName());
    results.setProperty(key + "status", status);
    results.setProperty(key + "seconds", Double.toString(seconds));
    results.setProperty(key + "message", message);
    results.setProperty(key + "trace", trace);
    out.println(status + " " + simpleClassName(identifier) + "." + identifier.getDisplayName());
  }

  private static String className(TestIdentifier identifier) {
    return identifier
        .getSource()
        .filter(MethodSource.class::isInstance)
        .map(MethodSource.class::cast)
        .map(MethodSource::getClassName)
        .orElse(identifier.getLegacyReportingName());
  }

  private static String simpleClassName(TestIdentifier identifier) {
    String name = className(identifier);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static String message(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message.strip();
  }

  private static String trace(Throwable failure) {
    StringWriter writer = new StringWriter();
    failure.printStackTrace(new PrintWriter(writer));
    return writer.toString();
  }
}
