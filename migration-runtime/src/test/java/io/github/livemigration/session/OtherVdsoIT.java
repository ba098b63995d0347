package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.ElfFunctions;
import io.github.livemigration.linux.ProcFs;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that knows the vdso of another kernel goes on asking for the time.
 *
 * <p>The other kernel is played by a proposal whose vdso has the same names and is of no use: each
 * of its functions consists of instructions that kill.
 */
class OtherVdsoIT {
  private static final short UNDEFINED_INSTRUCTION = 0x0f0b;
  private static final short SYSTEM_CALL = 0x0f05;

  @TempDir Path folder;

  @Test
  void timeGoesOnByTheVdsoOfTheDestination() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "clocks.py");
        TestReceiver receiver = new TestReceiver();
        MutatingProxy proxy =
            new MutatingProxy(
                receiver.address(), UnaryOperator.identity(), OtherVdsoIT::withUselessVdso)) {
      target.awaitMoreLines(20);
      String vdso = vdso(target).orElseThrow();
      receiver.receive(target, SenderOptions.to(proxy.address()).withVerify(true));
      target.awaitMoreLines(20);
      assertThat(vdso(target)).as("place of the vdso").isPresent().get().isNotEqualTo(vdso);

      receiver.receive(target);
      target.awaitMoreLines(20);
      assertThat(target.lines()).containsOnly("sane");
    }
  }

  @Test
  void programThatIgnoresSigtrapIsRefused() throws Exception {
    String script =
        "$| = 1; $SIG{TRAP} = 'IGNORE'; while (1) { print \"ready\\n\"; select(undef, undef, undef, 0.01) }";
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/perl", "-e", script));
        TestReceiver receiver = new TestReceiver();
        MutatingProxy proxy =
            new MutatingProxy(
                receiver.address(), UnaryOperator.identity(), OtherVdsoIT::withUselessVdso)) {
      target.awaitLines(1);
      SenderOptions options = SenderOptions.to(proxy.address());
      assertThatThrownBy(() -> receiver.receive(target, options))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining(ThreadKind.IGNORED_SIGTRAP.facts().why());
      target.awaitMoreLines(3);
    }
  }

  private static Optional<String> vdso(TargetProcess target) {
    return ProcFs.readText(target.pid(), "maps")
        .lines()
        .filter(line -> line.endsWith("[vdso]"))
        .map(line -> line.split("-")[0])
        .findFirst();
  }

  private static MigrationProposal withUselessVdso(MigrationProposal proposal) {
    return RecordEdit.with(proposal, "vdso", vdso -> useless((byte[]) vdso));
  }

  private static byte[] useless(byte[] vdso) {
    ByteBuffer code = ByteBuffer.wrap(vdso.clone());
    for (ElfFunctions.Function function : List.copyOf(ElfFunctions.of(vdso).values())) {
      int end = function.offset() + (function.lengthBytes() & ~1);
      for (int at = function.offset(); at < end; at += 2) {
        code.putShort(at, UNDEFINED_INSTRUCTION);
      }
      code.putShort(end - 2, SYSTEM_CALL); // Every vdso has one; it serves remote calls.
    }
    return code.array();
  }
}
