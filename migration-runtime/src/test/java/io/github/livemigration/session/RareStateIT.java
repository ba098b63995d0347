package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.livemigration.image.StateKind;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.HostFeatures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What few programs use is carried or refused, and never lost. */
class RareStateIT {
  private static final String CODE =
      """
      import ctypes, mmap, threading, time
      libc = ctypes.CDLL(None, use_errno=True)
      libc.mmap.restype = ctypes.c_void_p
      libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t] + [ctypes.c_int] * 3 + [ctypes.c_long]
      def code(instructions):
        place = libc.mmap(None, 4096, 7, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS, -1, 0)
        ctypes.memmove(place, instructions, len(instructions))
        return ctypes.CFUNCTYPE(ctypes.c_long)(place)
      """;

  @TempDir Path folder;

  @Test
  void eachThreadKeepsItsSpeculationItsMemoryPolicyAndItsDispatchOfCalls() throws Exception {
    try (TargetProcess target = SelfChecking.RARE.start(folder);
        TestReceiver receiver = new TestReceiver()) {
      JsonNode before = SelfChecking.RARE.look(target);
      assertThat(before.at("/main/dispatched").asText()).isEqualTo("yes");
      assertThat(before.at("/worker/policy/0").asInt()).isEqualTo(0x8002);

      SelfChecking.RARE.assertKept(before, target, receiver);
    }
  }

  @Test
  void callsOfThe32BitInterfaceAndOfTheVsyscallPageGoOn() throws Exception {
    String script =
        CODE
            + """
            compatible, old = %s, %s
            # push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
            getpid = code(b"\\x53\\xb8\\x14\\0\\0\\0\\xcd\\x80\\x5b\\xc3")
            pid = compatible and getpid()
            clock = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p)(0xFFFFFFFFFF600400)
            while True:
              print(not compatible or getpid() == pid, not old or abs(clock(None) - time.time()) < 2)
              time.sleep(0.005)
            """
                .formatted(
                    HostFeatures.hasCallsOf32Bits() ? "True" : "False",
                    HostFeatures.hasPageOfOldCalls() ? "True" : "False");
    try (TargetProcess target = python(script);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(3);
      receiver.receive(target);
      target.awaitMoreLines(3);

      assertThat(target.lines()).containsOnly("True True");
    }
  }

  /** Few processors have tile registers; on others the process moves. */
  @Test
  void processThatMayUseTileRegistersIsRefused() throws Exception {
    String script =
        CODE
            + """
            # arch_prctl(ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA)
            permitted = libc.syscall(158, 0x1023, 18) == 0
            while True:
              print(permitted)
              time.sleep(0.005)
            """;
    try (TargetProcess target = python(script);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(3);
      if (target.lines().get(0).equals("True")) {
        assertThatThrownBy(() -> receiver.receive(target)).hasMessageContaining("tile registers");
      } else {
        receiver.receive(target);
      }
      target.awaitMoreLines(3);
    }
  }

  @Test
  void threadThatWaitsInACallOfThe32BitInterfaceIsRefused() throws Exception {
    if (!HostFeatures.hasCallsOf32Bits()) {
      return; // Nobody can wait in one.
    }
    assertRefused(
        CODE
            + """
            # push rbx; mov eax, 29 (pause); int 0x80; pop rbx; ret
            pause = code(b"\\x53\\xb8\\x1d\\0\\0\\0\\xcd\\x80\\x5b\\xc3")
            threading.Thread(target=pause, daemon=True).start()
            """,
        ThreadKind.COMPATIBLE_CALL);
  }

  @Test
  void sigtrapStaysIgnoredByAProgramThatSendsItToItself() throws Exception {
    String script =
        """
        import os, signal, time
        signal.signal(signal.SIGTRAP, signal.SIG_IGN)
        while True:
          os.kill(os.getpid(), signal.SIGTRAP)
          print("ready")
          time.sleep(0.005)
        """;
    try (TargetProcess target = python(script);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(3);
      receiver.rollBack(target);
      target.awaitMoreLines(3);
      for (int hop = 0; hop < 2; hop++) {
        receiver.receive(target);
        target.awaitMoreLines(3);
      }
    }
  }

  @Test
  void processWithALocalDescriptorTableIsRefused() throws Exception {
    assertRefused(
        CODE
            + """
            entry = (ctypes.c_uint * 4)(0, 0, 0xFFFF, 0x51)
            if libc.syscall(154, 1, entry, 16) != 0: # modify_ldt
              raise OSError(ctypes.get_errno(), "modify_ldt")
            """,
        ThreadKind.SEGMENTS);
  }

  private void assertRefused(String script, StateKind kind) throws Exception {
    String wait =
        """
        while True:
          print("ready")
          time.sleep(0.005)
        """;
    try (TargetProcess target = python(script + wait);
        TestReceiver receiver = new TestReceiver()) {
      target.awaitLines(3);
      assertThatThrownBy(() -> receiver.receive(target))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining(kind.facts().why());
      target.awaitMoreLines(3);
      assertThat(target.lines()).containsOnly("ready");
    }
  }

  private TargetProcess python(String script) throws Exception {
    return TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script));
  }
}
