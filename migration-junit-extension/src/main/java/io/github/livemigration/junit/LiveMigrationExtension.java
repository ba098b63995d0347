package io.github.livemigration.junit;

import io.github.livemigration.harness.HandOver;
import io.github.livemigration.harness.HarnessException;
import io.github.livemigration.harness.HostFitness;
import io.github.livemigration.harness.LiveMigrationHarness;
import io.github.livemigration.harness.MigrateCommand;
import io.github.livemigration.session.MigrationReportJson;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/**
 * Forks the target of a {@link LiveMigrationTest}, injects it, and leaves nothing behind.
 *
 * <p>All state is in the store: one {@link RunningTarget} for a test method, put there before
 * anything is started, and the fitness of the host once for a whole run.
 */
final class LiveMigrationExtension
    implements ExecutionCondition, BeforeEachCallback, AfterEachCallback, ParameterResolver {

  private static final Namespace NAMESPACE = Namespace.create(LiveMigrationExtension.class);

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    if (context.getTestMethod().isEmpty()) {
      return ConditionEvaluationResult.enabled("not a test method");
    }
    ExtensionSettings settings = ExtensionSettings.of(context);
    if (!settings.skipUnsupported()) {
      return ConditionEvaluationResult.enabled("a host that cannot migrate fails the test");
    }
    HostFitness fitness = fitness(context, settings.migrate());
    return fitness.fit()
        ? ConditionEvaluationResult.enabled("this host can migrate")
        : ConditionEvaluationResult.disabled(
            "a migration cannot work on this host:\n" + fitness.words());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    Method method = context.getRequiredTestMethod();
    LiveMigrationTest annotation =
        AnnotationSupport.findAnnotation(method, LiveMigrationTest.class)
            .orElseThrow(
                () ->
                    new ExtensionConfigurationException(
                        method.toGenericString() + " is not annotated with @LiveMigrationTest"));
    ExtensionSettings settings = ExtensionSettings.of(context);
    LiveMigrationHarness harness =
        TargetDescription.of(annotation, method).migrateCommand(settings.migrate()).build();
    fitness(context, settings.migrate()).require();
    LiveMigration migration =
        new LiveMigration(
            harness,
            Duration.ofSeconds(annotation.timeoutSeconds()),
            handOver -> keep(settings.reportDirectory(), method, context, handOver));
    context.getStore(NAMESPACE).put(RunningTarget.class, new RunningTarget(harness, migration));
    harness.start();
  }

  @Override
  public void afterEach(ExtensionContext context) {
    RunningTarget target = running(context);
    if (target == null || context.getExecutionException().isEmpty()) {
      return;
    }
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put("live migration", target.harness().describe());
    entries.put("numbers", target.harness().output().numbers().toString());
    for (HandOver handOver : target.harness().handOvers()) {
      entries.put(
          "report of move " + handOver.hop(), MigrationReportJson.toJson(handOver.merged()));
    }
    context.publishReportEntry(entries);
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LiveMigration.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    RunningTarget target = running(context);
    if (target == null) {
      throw new ParameterResolutionException(
          "a LiveMigration is there for the time of a method annotated with @LiveMigrationTest,"
              + " not for "
              + parameter.getDeclaringExecutable().toGenericString());
    }
    return target.migration();
  }

  private static @Nullable RunningTarget running(ExtensionContext context) {
    return context.getStore(NAMESPACE).get(RunningTarget.class, RunningTarget.class);
  }

  private static HostFitness fitness(ExtensionContext context, MigrateCommand migrate) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(migrate, HostFitness::check, HostFitness.class);
  }

  private static void keep(
      Optional<Path> folder, Method method, ExtensionContext context, HandOver handOver) {
    if (folder.isEmpty()) {
      return;
    }
    String name =
        String.format(
            "%s.%s-%08x-%d.json",
            method.getDeclaringClass().getName(),
            method.getName(),
            context.getUniqueId().hashCode(),
            handOver.hop());
    try {
      MigrationReportJson.write(folder.get().resolve(name), handOver.merged());
    } catch (IOException e) {
      throw new HarnessException("the report cannot be written to " + folder.get(), e);
    }
  }
}
