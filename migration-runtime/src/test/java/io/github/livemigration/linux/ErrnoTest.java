package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ErrnoTest {
  @Test
  void knownNumberHasNameAndWords() {
    assertThat(Errno.describe(Errno.ESRCH)).isEqualTo("ESRCH (No such process)");
  }

  @Test
  void unknownNumberIsShownAsIs() {
    assertThat(Errno.describe(4711)).isEqualTo("errno 4711");
  }

  @Test
  void exceptionNamesCallAndError() {
    SystemCallException exception =
        new SystemCallException("ptrace(GETREGSET, tid 4711)", Errno.ESRCH);

    assertThat(exception).hasMessage("ptrace(GETREGSET, tid 4711): ESRCH (No such process)");
    assertThat(exception.errno()).isEqualTo(3);
    assertThat(exception.call()).isEqualTo("ptrace(GETREGSET, tid 4711)");
  }
}
