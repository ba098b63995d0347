package io.github.livemigration.maven;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.junit.jupiter.api.Test;

final class ExitStatusTest {

  @Test
  void doneIsNoException() {
    assertThatCode(() -> judge(0)).doesNotThrowAnyException();
  }

  @Test
  void refusalIsAFailureInTheWordsOfTheCommandLine() {
    assertThatThrownBy(() -> judge(1))
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("the process runs on where it was")
        .hasMessageEndingWith("no such process: 4711");
  }

  @Test
  void wrongUseIsAnExecutionException() {
    assertThatThrownBy(() -> judge(2)).isInstanceOf(MojoExecutionException.class);
  }

  @Test
  void lossAfterThePointOfNoReturnIsAFailureThatSaysSo() {
    assertThatThrownBy(() -> judge(3))
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("after the point of no return");
  }

  @Test
  void anyOtherStatusIsThatOfTheProcess() {
    assertThatThrownBy(() -> judge(42))
        .isInstanceOf(MojoFailureException.class)
        .hasMessageContaining("exit status 42");
  }

  private static void judge(int exitStatus) throws MojoExecutionException, MojoFailureException {
    AbstractCommandLineMojo.judge(
        "send", new CommandLine.Ending(exitStatus, "no such process: 4711"));
  }
}
