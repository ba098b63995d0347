package io.github.livemigration.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of kinds of state, the page made from it, the code and the tests say the same. */
class SupportMatrixTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path PAGE = ROOT.resolve("docs/support-matrix.md");
  private static final String COMMAND =
      "mvn -q -Dquick -pl migration-runtime -Dtest=SupportMatrixTest -DwriteSupportMatrix test";

  @Test
  void pageIsMadeFromTheTable() throws IOException {
    if (System.getProperty("writeSupportMatrix") != null) {
      Files.writeString(PAGE, SupportMatrix.markdown());
    }
    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("%s, written again by: %s", PAGE, COMMAND)
        .isEqualTo(SupportMatrix.markdown());
  }

  @Test
  void everyKindNamesATestThatIsThere() throws IOException {
    Set<String> tests;
    try (Stream<Path> files = Files.walk(ROOT)) {
      tests =
          files
              .map(file -> ROOT.relativize(file).toString())
              .filter(name -> name.contains("src/test/java/") && name.endsWith(".java"))
              .map(name -> name.substring(name.lastIndexOf('/') + 1, name.lastIndexOf('.')))
              .collect(Collectors.toSet());
    }
    assertSoftly(
        softly ->
            StateKind.all()
                .forEach(
                    kind -> softly.assertThat(tests).as(kind.id()).contains(kind.facts().test())));
  }

  @Test
  void everyRefusalSaysWhyAndWhatToDo() {
    assertSoftly(
        softly -> {
          for (StateKind kind : StateKind.all()) {
            KindFacts facts = kind.facts();
            softly.assertThat(facts.title()).as(kind.id()).isNotBlank();
            if (facts.treatment() != Treatment.CARRIED) {
              softly.assertThat(facts.why()).as(kind.id()).isNotBlank();
            }
            if (canStandInTheWay(kind)) {
              softly.assertThat(facts.advice()).as(kind.id()).isNotBlank();
            }
          }
        });
  }

  @Test
  void everyKindThatCanStandInTheWayIsRefusedSomewhere() {
    JavaClasses engine =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("io.github.livemigration");
    assertSoftly(
        softly ->
            StateKind.all().stream()
                .filter(SupportMatrixTest::canStandInTheWay)
                .forEach(
                    kind ->
                        softly
                            .assertThat(
                                engine
                                    .get(kind.getDeclaringClass())
                                    .getField(kind.name())
                                    .getAccessesToSelf())
                            .as("%s is used outside of the table", kind.id())
                            .anyMatch(access -> isOfTheEngine(access.getOriginOwner().getName()))));
  }

  private static boolean isOfTheEngine(String className) {
    return className.contains(".capture.")
        || className.contains(".restore.")
        || className.contains(".session.");
  }

  private static boolean canStandInTheWay(StateKind kind) {
    return kind.facts().treatment() == Treatment.REFUSED
        || kind.facts().treatment() == Treatment.CONDITIONAL;
  }
}
