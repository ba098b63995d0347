package io.github.livemigration.maven.launcher;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClasspathRoots;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.Set;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestDescriptor;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Run the tests of one folder that carry {@code @LiveMigrationTest}, and write down how it went.
 */
public final class TestLauncher {

  private static final String ANNOTATION = "io.github.livemigration.junit.LiveMigrationTest";

  private TestLauncher() {}

  /**
   * Run them.
   *
   * @param arguments the folder of the compiled tests, and the file for the results
   * @throws IOException if the results cannot be written
   */
  public static void main(String[] arguments) throws IOException {
    Path testClasses = Path.of(arguments[0]);
    Path results = Path.of(arguments[1]);
    RecordingListener listener = new RecordingListener(System.out);
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectClasspathRoots(Set.of(testClasses)))
            .filters((PostDiscoveryFilter) TestLauncher::onlyLiveMigrationTests)
            .build();
    try (LauncherSession session = LauncherFactory.openSession()) {
      Launcher launcher = session.getLauncher();
      TestPlan plan = launcher.discover(request);
      launcher.execute(plan, listener);
    }
    write(listener.results(), results);
  }

  private static FilterResult onlyLiveMigrationTests(TestDescriptor test) {
    return FilterResult.includedIf(
        test.getSource()
            .filter(MethodSource.class::isInstance)
            .map(MethodSource.class::cast)
            .map(MethodSource::getJavaMethod)
            .filter(TestLauncher::isLiveMigrationTest)
            .isPresent());
  }

  private static boolean isLiveMigrationTest(Method method) {
    ClassLoader loader = method.getDeclaringClass().getClassLoader();
    try {
      return AnnotationSupport.isAnnotated(
          method, Class.forName(ANNOTATION, false, loader).asSubclass(Annotation.class));
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(
          ANNOTATION
              + " is not on the test class path; add io.github.livemigration:"
              + "migration-junit-extension with scope test",
          e);
    }
  }

  private static void write(Properties results, Path file) throws IOException {
    try (OutputStream out = Files.newOutputStream(file)) {
      results.store(out, null);
    }
  }
}
