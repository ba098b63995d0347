package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.linux.HostFeatures;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.PageMapScan;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.Signals;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory of every kind is on the destination as it was on the source. */
class MemoryMigrationIT {
  private static final long USER_END = 0x7fff_ffff_f000L;

  @TempDir Path folder;

  @Test
  void memoryOfEveryKindArrivesAsItWas() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "memory.py", folder);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      SenderOptions usual = SenderOptions.to(receiver.address()).withVerify(true);
      for (SenderOptions options : List.of(usual, usual, usual.withPagesAhead(0))) {
        moveAndCompare(target, receiver, options);
        assertThat(answer(target)).isEqualTo("all 27 as before");
      }
    }
  }

  /** Else the first look at each of them would wait for the receiver. */
  @Test
  void pagesThatWereOnlyReadAreThereAtOnce() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "memory.py", folder, "holes");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      assertThat(pagesOfZeros(target.pid()) > 0).isEqualTo(HostFeatures.sharesPageOfZeros());
      receiver.receive(target);
      assertThat(pagesOfZeros(target.pid()) > 0).isEqualTo(HostFeatures.sharesPageOfZeros());
      assertThat(answer(target)).isEqualTo("all 1 as before");
    }
  }

  private static long pagesOfZeros(int pid) {
    long[] bytes = new long[1];
    long kind = PageMapScan.PFNZERO;
    try (PageMapScan scan = PageMapScan.open(pid)) {
      scan.scan(0, USER_END, kind, 0, 0, kind, (start, end, categories) -> bytes[0] += end - start);
    }
    return bytes[0] / NativeBuffer.PAGE_SIZE;
  }

  /** Quadratic work anywhere would show, and so would work for each page of what is reserved. */
  @Test
  void processWithTwentyThousandMappingsAndTerabytesReservedMoves() throws Exception {
    assertMovesWithMappings(20_000);
  }

  /** The kernel permits 65,530 by default. */
  @Test
  @Tag("long")
  void processWithMappingsNearTheLimitMoves() throws Exception {
    assertMovesWithMappings(60_000);
  }

  private void assertMovesWithMappings(int count) throws Exception {
    try (TargetProcess target =
            TargetProcess.python(
                folder, "memory.py", folder, "many" + count, "large_reservations");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      assertThat(receiver.receive(target).mappings()).isGreaterThan(count);
      assertThat(answer(target)).isEqualTo("all 2 as before");
    }
  }

  @Test
  void pagesThatWereSwappedOutArrive() throws Exception {
    try (SwapFile swap = SwapFile.on(folder, 16);
        TargetProcess target = TargetProcess.python(folder, "memory.py", folder, "paged_out");
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(2);
      assertThat(target.lines()).containsExactly("swapped", "ready");
      receiver.receive(target);
      assertThat(answer(target)).isEqualTo("all 1 as before");
    }
  }

  @Test
  void memoryThatAnotherProcessHasTooIsRefused() throws Exception {
    try (TargetProcess target =
        TargetProcess.python(folder, "memory.py", folder, "shared_with_a_child")) {
      target.awaitLines(1);
      assertThat(ProcessCheck.of(target.pid()).refusals())
          .extracting(Refusal::kind)
          .contains(MemoryKind.SHARED_WITH_OTHERS.id());
    }
  }

  /** Not even the interpreter and its libraries are the same there. */
  @ParameterizedTest
  @ValueSource(strings = {"path", "contentHash"})
  void filesThatTheDestinationLacksOrHasOtherwiseAreCarried(String difference) throws Exception {
    UnaryOperator<Object> change =
        difference.equals("path") ? path -> "/nowhere" + path : hash -> inverted((byte[]) hash);
    try (TargetProcess target =
            TargetProcess.python(
                folder, "memory.py", folder, "written_file", "read_file", "locked");
        TestReceiver receiver = new TestReceiver();
        MutatingProxy proxy =
            new MutatingProxy(
                receiver.address(),
                UnaryOperator.identity(),
                proposal ->
                    RecordEdit.with(
                        RecordEdit.with(proposal, "host.bootId", id -> "another"),
                        "files." + difference,
                        change))) {
      target.awaitLines(1);
      assertThat(ProcFs.readText(target.pid(), "maps")).contains(" /usr/");
      receiver.receive(target, SenderOptions.to(proxy.address()).withVerify(true));
      assertThat(ProcFs.readText(target.pid(), "maps")).doesNotContain(" /usr/");
      assertThat(answer(target)).isEqualTo("all 3 as before");
      receiver.receive(target);
      assertThat(answer(target)).isEqualTo("all 3 as before");
    }
  }

  private static byte[] inverted(byte[] hash) {
    byte[] other = hash.clone();
    for (int i = 0; i < hash.length; i++) {
      other[i] = (byte) ~hash[i];
    }
    return other;
  }

  private static void moveAndCompare(
      TargetProcess target, TestReceiver receiver, SenderOptions options) throws Exception {
    MemorySnapshot before = MemorySnapshot.of(target.pid());
    receiver.receive(target, options);
    MemorySnapshot after = MemorySnapshot.of(target.pid());
    assertThat(before.pageCount()).isPositive();
    assertThat(before.differenceTo(after)).isEmpty();
  }

  /** What the target finds when it looks at its memory. */
  private static String answer(TargetProcess target) throws IOException {
    int lines = target.lines().size();
    Signals.kill(target.pid(), Signals.SIGUSR1);
    target.awaitLines(lines + 1);
    List<String> all = target.lines();
    return all.get(all.size() - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"future2", "future3", "future6"})
  void lockOfFutureMemoryIsKept(String kind) throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "memory.py", folder, kind);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(1);
      moveAndCompare(target, receiver, SenderOptions.to(receiver.address()).withVerify(true));
      assertThat(answer(target)).isEqualTo("all 1 as before");
    }
  }
}
