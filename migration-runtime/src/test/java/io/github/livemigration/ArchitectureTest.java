package io.github.livemigration;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.jspecify.annotations.NullMarked;

/**
 * Hold the layers of the engine: each one uses only those below it, and each secret stays in its
 * place.
 */
@AnalyzeClasses(
    packages = "io.github.livemigration",
    importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {

  private static final String ROOT = "io.github.livemigration.";
  private static final String PTRACE = ROOT + "linux.Ptrace";
  private static final String WAIT = ROOT + "linux.Wait";

  @ArchTest
  static final ArchRule eachLayerUsesOnlyThoseBelowIt =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .layer("cli")
          .definedBy(ROOT + "cli..")
          .layer("harness")
          .definedBy(ROOT + "harness..")
          .layer("session")
          .definedBy(ROOT + "session..")
          .layer("capture")
          .definedBy(ROOT + "capture..")
          .layer("restore")
          .definedBy(ROOT + "restore..")
          .layer("pages")
          .definedBy(ROOT + "pages..")
          .layer("wire")
          .definedBy(ROOT + "wire..")
          .layer("image")
          .definedBy(ROOT + "image..")
          .layer("tracee")
          .definedBy(ROOT + "tracee..")
          .layer("linux")
          .definedBy(ROOT + "linux..")
          .whereLayer("cli")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("harness")
          .mayOnlyAccessLayers("session", "pages", "wire", "image", "tracee", "linux")
          .whereLayer("session")
          .mayOnlyAccessLayers("capture", "restore", "pages", "wire", "image", "tracee", "linux")
          .whereLayer("capture")
          .mayOnlyAccessLayers("pages", "wire", "image", "tracee", "linux")
          .whereLayer("restore")
          .mayOnlyAccessLayers("pages", "wire", "image", "tracee", "linux")
          .whereLayer("pages")
          .mayOnlyAccessLayers("wire", "image", "tracee", "linux")
          .whereLayer("wire")
          .mayOnlyAccessLayers("image", "linux")
          .whereLayer("image")
          .mayNotAccessAnyLayer()
          .whereLayer("tracee")
          .mayOnlyAccessLayers("linux")
          .whereLayer("linux")
          .mayNotAccessAnyLayer()
          .withOptionalLayers(true);

  @ArchTest
  static final ArchRule packagesAreFreeOfCycles =
      slices().matching(ROOT + "(*)..").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule nativeCodeIsReachedOnlyThroughTheLinuxLayer =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackage(ROOT + "linux..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.sun.jna..")
          .because("JNA and raw errno never leave `linux`");

  @ArchTest
  static final ArchRule ptraceIsCalledOnlyThroughTheTracer =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "linux..", ROOT + "tracee..")
          .should()
          .dependOnClassesThat()
          .haveFullyQualifiedName(PTRACE)
          .orShould()
          .dependOnClassesThat()
          .haveFullyQualifiedName(WAIT)
          .because("every ptrace call for a tracee comes from the one thread that attached");

  @ArchTest
  static final ArchRule imageDoesNoInputOrOutput =
      ArchRuleDefinition.noClasses()
          .that()
          .resideInAPackage(ROOT + "image..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                  "java.io..", "java.net..", "java.nio.file..", "java.nio.channels.."));

  @ArchTest
  static final ArchRule imageOnlyDescribes =
      ArchRuleDefinition.classes()
          .that()
          .resideInAPackage(ROOT + "image..")
          .and()
          .doNotHaveSimpleName("package-info")
          .should(beRecordEnumOrInterface());

  @ArchTest
  static final ArchRule migrationStartsNoExternalProgram =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "cli..", ROOT + "harness..")
          .should()
          .dependOnClassesThat()
          .belongToAnyOf(ProcessBuilder.class, Runtime.class)
          .because("what a migration starts, it spawns through `linux`, where it can be traced");

  @ArchTest
  static final ArchRule onlyTheFrontEndsWriteToTheStandardStreams =
      ArchRuleDefinition.noClasses()
          .that()
          .resideOutsideOfPackages(ROOT + "cli..", ROOT + "harness..")
          .should(ACCESS_STANDARD_STREAMS);

  @ArchTest static final ArchRule logsGoThroughSlf4j = NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;

  @ArchTest
  static final ArchRule everyPackageIsNullMarked =
      ArchRuleDefinition.classes().should(resideInANullMarkedPackage());

  private static ArchCondition<JavaClass> beRecordEnumOrInterface() {
    return new ArchCondition<>("be a record, an enum or an interface") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean describes = type.isRecord() || type.isEnum() || type.isInterface();
        // The body of an enum constant is a class of its own.
        boolean ofAnEnum = type.getRawSuperclass().map(JavaClass::isEnum).orElse(false);
        events.add(
            new SimpleConditionEvent(
                type, describes || ofAnEnum, type.getName() + " is a class with behaviour"));
      }
    };
  }

  private static ArchCondition<JavaClass> resideInANullMarkedPackage() {
    return new ArchCondition<>("reside in a package whose package-info says @NullMarked") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        events.add(
            new SimpleConditionEvent(
                type,
                type.getPackage().isAnnotatedWith(NullMarked.class),
                type.getPackageName() + " of " + type.getSimpleName() + " is not @NullMarked"));
      }
    };
  }
}
