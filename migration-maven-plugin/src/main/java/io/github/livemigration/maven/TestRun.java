package io.github.livemigration.maven;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * How the tests of a project went.
 *
 * @param tests in the order in which they ended
 */
record TestRun(List<Test> tests) {

  /**
   * How one test went.
   *
   * @param className the class that declares it
   * @param name as the test framework shows it
   * @param status {@code passed}, {@code failed} or {@code skipped}
   * @param seconds how long it took
   * @param message why it failed or was skipped; empty if it passed
   * @param trace the stack trace of a failure; else empty
   * @param entries what the test reported about itself
   */
  record Test(
      String className,
      String name,
      String status,
      double seconds,
      String message,
      String trace,
      Map<String, String> entries) {

    String shortName() {
      return className.substring(className.lastIndexOf('.') + 1) + "." + name;
    }

    boolean failed() {
      return status.equals("failed");
    }

    boolean skipped() {
      return status.equals("skipped");
    }
  }

  TestRun {
    tests = List.copyOf(tests);
  }

  /** Read what the launcher wrote. */
  static TestRun of(Properties results) {
    int count = Integer.parseInt(results.getProperty("count"));
    List<Test> tests = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      String key = "test." + i + ".";
      tests.add(
          new Test(
              results.getProperty(key + "class"),
              results.getProperty(key + "name"),
              results.getProperty(key + "status"),
              Double.parseDouble(results.getProperty(key + "seconds")),
              results.getProperty(key + "message"),
              results.getProperty(key + "trace"),
              entries(results, results.getProperty(key + "id"))));
    }
    return new TestRun(tests);
  }

  private static Map<String, String> entries(Properties results, String id) {
    String prefix = "entry." + id + ".";
    Map<String, String> entries = new TreeMap<>();
    for (String name : results.stringPropertyNames()) {
      if (name.startsWith(prefix)) {
        entries.put(name.substring(prefix.length()), results.getProperty(name));
      }
    }
    return entries;
  }

  Optional<Test> firstFailure() {
    return tests.stream().filter(Test::failed).findFirst();
  }

  long failures() {
    return tests.stream().filter(Test::failed).count();
  }

  long skips() {
    return tests.stream().filter(Test::skipped).count();
  }

  double seconds() {
    return tests.stream().mapToDouble(Test::seconds).sum();
  }

  /** What a person wants to know, in a few lines. */
  List<String> summary(Path reports) {
    List<String> lines = new ArrayList<>();
    for (Test test : tests) {
      lines.add(
          String.format(
              Locale.ROOT, "  %-8s%s  (%.1f s)", test.status(), test.shortName(), test.seconds()));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "Live migration tests: %d run, %d passed, %d failed, %d skipped. Reports: %s",
            tests.size(),
            tests.size() - failures() - skips(),
            failures(),
            skips(),
            reports));
    return lines;
  }
}
