package io.github.livemigration.junit;

import io.github.livemigration.harness.HarnessException;
import io.github.livemigration.harness.LiveMigrationHarness;
import io.github.livemigration.harness.NumberPattern;
import io.github.livemigration.harness.TargetCommand;
import java.io.File;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** Turns the attributes of the annotation into what the harness understands, and checks them. */
final class TargetDescription {

  private TargetDescription() {}

  /**
   * Describe the harness of a test method.
   *
   * @throws ExtensionConfigurationException if an attribute is wrong; the message names all that
   *     are wrong, and the method
   */
  static LiveMigrationHarness.Builder of(LiveMigrationTest annotation, Method method) {
    List<String> problems = problems(annotation);
    if (!problems.isEmpty()) {
      throw wrongUse(method, String.join("; ", problems));
    }
    try {
      LiveMigrationHarness.Builder builder =
          LiveMigrationHarness.of(target(annotation))
              .mode(annotation.mode())
              .verifyPages(annotation.verifyPages())
              .timeout(Duration.ofSeconds(annotation.timeoutSeconds()));
      return annotation.numberPattern().isEmpty()
          ? builder
          : builder.numbers(NumberPattern.inLines(annotation.numberPattern()));
    } catch (HarnessException e) {
      throw wrongUse(method, String.valueOf(e.getMessage()));
    }
  }

  private static List<String> problems(LiveMigrationTest annotation) {
    List<String> problems = new ArrayList<>();
    boolean mainClass = annotation.mainClass() != void.class;
    boolean command = annotation.command().length > 0;
    if (mainClass == command) {
      problems.add(
          mainClass
              ? "only one of 'mainClass' and 'command' can be the target"
              : "one of 'mainClass' and 'command' has to be the target");
    }
    if (mainClass && !hasMain(annotation.mainClass())) {
      problems.add("'mainClass' " + annotation.mainClass().getName() + " has no main method");
    }
    if (command && annotation.arguments().length > 0) {
      problems.add("'arguments' belong to 'mainClass', those of a 'command' stand in it");
    }
    if (command && annotation.jvmArguments().length > 0) {
      problems.add("'jvmArguments' belong to 'mainClass', not to 'command'");
    }
    if (annotation.timeoutSeconds() < 1) {
      problems.add("'timeoutSeconds' is at least 1, not " + annotation.timeoutSeconds());
    }
    return problems;
  }

  private static boolean hasMain(Class<?> type) {
    return Arrays.stream(type.getMethods())
        .anyMatch(
            method ->
                method.getName().equals("main")
                    && Arrays.equals(method.getParameterTypes(), new Class<?>[] {String[].class}));
  }

  private static TargetCommand target(LiveMigrationTest annotation) {
    if (annotation.command().length > 0) {
      return TargetCommand.ofCommand(List.of(annotation.command()));
    }
    return TargetCommand.ofMainClass(
        annotation.mainClass().getName(),
        classPath(),
        List.of(annotation.jvmArguments()),
        List.of(annotation.arguments()));
  }

  /** The class path of the test; Surefire tells it by a property of its own. */
  private static List<Path> classPath() {
    String plain = System.getProperty("java.class.path", "");
    String full = System.getProperty("surefire.test.class.path", plain);
    return Arrays.stream(full.split(File.pathSeparator))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .toList();
  }

  static ExtensionConfigurationException wrongUse(Method method, String problem) {
    return new ExtensionConfigurationException(
        "@LiveMigrationTest on " + method.toGenericString() + ": " + problem);
  }
}
