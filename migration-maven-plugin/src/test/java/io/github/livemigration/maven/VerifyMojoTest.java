package io.github.livemigration.maven;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import org.apache.maven.model.Build;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.project.MavenProject;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VerifyMojoTest {

  @TempDir private Path folder;

  private final VerifyMojo verify = new VerifyMojo();

  @BeforeEach
  void configureAsMavenDoes() {
    Build build = new Build();
    build.setOutputDirectory(folder.resolve("classes").toString());
    build.setTestOutputDirectory(folder.resolve("test-classes").toString());
    MavenProject project = new MavenProject();
    project.setBuild(build);
    Goals.set(verify, "project", project);
    Goals.set(verify, "basedir", folder.toFile());
    Goals.set(verify, "numbersBefore", 20);
    Goals.set(verify, "numbersAfter", 20);
    Goals.set(verify, "timeoutSeconds", 60);
    Goals.set(verify, "hops", 1);
  }

  @Test
  void targetIsTheCommandInTheFolderOfTheProject() throws MojoExecutionException {
    Goals.set(verify, "command", List.of("python3", "-u", "count.py"));

    assertThat(verify.target().command()).containsExactly("python3", "-u", "count.py");
    assertThat(verify.target().directory()).isEqualTo(folder);
  }

  @Test
  void targetIsTheMainClassOnTheClassPathOfTheProject() throws MojoExecutionException {
    File classes = folder.resolve("classes").toFile();
    assertThat(classes.mkdir()).isTrue();
    Goals.set(verify, "mainClass", "com.example.Ticker");
    Goals.set(verify, "arguments", List.of("2"));
    Goals.set(verify, "jvmArguments", List.of("-Xmx64m"));

    assertThat(verify.target().command())
        .containsSubsequence("-Xmx64m", "-cp", classes.toString(), "com.example.Ticker", "2");
  }

  @Test
  void mainClassOfNothingCompiledIsExplained() {
    Goals.set(verify, "mainClass", "com.example.Ticker");

    assertThatThrownBy(verify::target)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageContaining("com.example.Ticker")
        .hasMessageContaining("mvn test-compile migrate:verify");
  }

  @Test
  void commandAndMainClassExcludeEachOther() {
    Goals.set(verify, "command", List.of("python3"));
    Goals.set(verify, "mainClass", "com.example.Ticker");

    assertThatThrownBy(verify::checkParameters)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageContaining("exclude each other");
  }

  @Test
  void allWrongParametersAreNamedAtOnce() {
    Goals.set(verify, "command", List.of("python3"));
    Goals.set(verify, "jvmArguments", List.of("-Xmx64m"));
    Goals.set(verify, "classPathScope", "compile");
    Goals.set(verify, "numbersBefore", 0);
    Goals.set(verify, "numbersAfter", -1);
    Goals.set(verify, "timeoutSeconds", 0);
    Goals.set(verify, "hops", 0);
    Goals.set(verify, "mode", "magic");

    assertThatThrownBy(verify::checkParameters)
        .isInstanceOf(MojoExecutionException.class)
        .hasMessageContaining("7 parameters are wrong")
        .hasMessageContaining("<arguments>")
        .hasMessageContaining("is 'compile', and must be runtime or test")
        .hasMessageContaining("<numbersBefore>")
        .hasMessageContaining("<numbersAfter>")
        .hasMessageContaining("<timeoutSeconds>")
        .hasMessageContaining("<hops>")
        .hasMessageContaining("<mode>");
  }

  @Test
  void defaultsAreRight() {
    assertThatCode(verify::checkParameters).doesNotThrowAnyException();
  }
}
