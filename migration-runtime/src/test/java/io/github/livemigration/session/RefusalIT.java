package io.github.livemigration.session;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.image.StateKind;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.image.Treatment;
import io.github.livemigration.linux.HostFeatures;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the table says is refused is found in a process that has it, while it runs, and named.
 *
 * <p>The table decides what is expected: a kind that is carried one day is no longer looked for.
 */
class RefusalIT {
  private static final String WAIT =
      "$| = 1; while (1) { print \"ready\\n\"; select(undef, undef, undef, 0.05) }";

  @TempDir Path folder;

  @Test
  void allThatOneProcessCanHoldIsNamedInOneLook() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "holdings.py", folder)) {
      target.awaitLines(1);
      assertThat(target.lines()).as("what the target says").containsOnly("ready");

      assertRefused(
          target.pid(),
          ProcessKind.CHILDREN,
          MemoryKind.SYSTEM_V,
          MemoryKind.NUMA_POLICY,
          MemoryKind.OTHER,
          MemoryKind.USERFAULTFD,
          DescriptorKind.NAMED_PIPE,
          DescriptorKind.LOCK,
          DescriptorKind.SIGNAL_ON_INPUT,
          DescriptorKind.PROCESS_FILE,
          DescriptorKind.TERMINAL,
          DescriptorKind.DEVICE,
          DescriptorKind.SOCKET,
          DescriptorKind.OTHER);
      assertThat(ProcessCheck.of(target.pid()).refusals())
          .filteredOn(refusal -> refusal.why().contains("who gets signals"))
          .as("a pipe with an owner, one with a signal, and a directory that is watched")
          .hasSize(3);
      assertThat(target.isAlive()).isTrue();
    }
  }

  @Test
  void operationsOnSemaphoresThatAreToBeUndone() throws Exception {
    String script =
        """
        import ctypes, signal, struct
        libc = ctypes.CDLL(None)
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
        semaphores = libc.semget(0, 1, 0o1600)
        print(semaphores)
        for flags in (0, 0x1000): # none, SEM_UNDO
          print(libc.semop(semaphores, struct.pack("<Hhh", 0, 1, flags), 1))
          signal.sigwait({signal.SIGUSR1})
        """;
    try (TargetProcess target =
        TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script))) {
      target.awaitLines(2);
      try {
        assertThat(ProcessCheck.of(target.pid()).refusals()).isEmpty();
        Signals.kill(target.pid(), Signals.SIGUSR1);
        target.awaitLines(3);
        assertRefused(target.pid(), ProcessKind.SEMAPHORE_UNDO);
      } finally {
        new ProcessBuilder("ipcrm", "-s", target.lines().get(0)).start().waitFor();
      }
      assertThat(ProcessCheck.of(target.pid()).refusals()).isEmpty();
      assertThat(target.lines().subList(1, 3)).containsOnly("0");
    }
  }

  @Test
  void otherNamespaces() throws Exception {
    assertRefused(
        """
        my $dir = '%s';
        syscall(272, 0x20000 | 0x40000000 | 0x8000000 | 0x4000000 | 0x2000000 | 0x20000000) == 0
          or die "unshare: $!"; # mounts, network, IPC, host name, control groups, pid of children
        my ($none, $type, $all) = ('none', 'tmpfs', '/');
        syscall(165, $none, $all, 0, 0x44000, 0) == 0 or die "make private: $!";
        syscall(165, $none, $dir, $type, 0, 0) == 0 or die "mount: $!";
        chroot $dir or die "chroot: $!";
        """
                .formatted(folder)
            + WAIT,
        ProcessKind.MOUNT_NAMESPACE,
        ProcessKind.NETWORK_NAMESPACE,
        ProcessKind.IPC_NAMESPACE,
        ProcessKind.HOST_NAME_NAMESPACE,
        ProcessKind.CONTROL_GROUP_NAMESPACE,
        ProcessKind.NAMESPACE_OF_CHILDREN,
        ProcessKind.ROOT_DIRECTORY);
  }

  @Test
  void threadsThatHaveForThemselvesWhatThreadsShare() throws Exception {
    String script =
        """
        import ctypes, threading, time
        libc = ctypes.CDLL(None, use_errno=True)
        done = threading.Semaphore(0)
        def unshare(flags):
          print("ready" if libc.unshare(flags) == 0 else ctypes.get_errno())
          done.release()
          time.sleep(3600)
        for flags in (0x200, 0x400, 0x4000000):  # CLONE_FS, CLONE_FILES, CLONE_NEWUTS
          threading.Thread(target=unshare, args=(flags,), daemon=True).start()
          done.acquire()
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
        print("all")
        time.sleep(3600)
        """;
    try (TargetProcess target =
        TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", script))) {
      target.awaitLines(4);
      assertThat(target.lines()).containsExactly("ready", "ready", "ready", "all");
      assertThat(ProcessCheck.of(target.pid()).refusals())
          .filteredOn(refusal -> refusal.kind().equals(ThreadKind.UNSHARED.id()))
          .extracting(Refusal::why)
          .containsExactly(
              "it has its own working directory (unshare, setns)",
              "it has its own descriptors (unshare, setns)",
              "it has its own uts namespace (unshare, setns)");
    }
  }

  @Test
  void otherUserNamespace() throws Exception {
    // unshare(CLONE_NEWUSER)
    assertRefused("syscall(272, 0x10000000) == 0 or die; " + WAIT, ProcessKind.USER_NAMESPACE);
  }

  @Test
  void processThatHasEnded() throws Exception {
    assertRefused("$| = 1; print \"ready\\n\";", ProcessKind.ENDED);
  }

  @Test
  void processThatIsTraced() throws Exception {
    // ptrace(PTRACE_TRACEME)
    assertRefused("syscall(101, 0, 0, 0, 0) == 0 or die; " + WAIT, ProcessKind.TRACED);
  }

  /** Many kernels cannot do it; there, nothing may be taken for it. */
  @Test
  void processThatSharesCoresWithChosenTasksOnly() throws Exception {
    // prctl(PR_SCHED_CORE, PR_SCHED_CORE_CREATE)
    String create = "print syscall(157, 62, 1, 0, 0, 0) == 0 ? \"ready\\n\" : \"unknown\\n\"; ";
    try (TargetProcess target =
        TargetProcess.start(folder, List.of("/usr/bin/perl", "-e", create + WAIT))) {
      target.awaitLines(1);
      if (target.lines().get(0).equals("ready")) {
        assertRefused(target.pid(), ThreadKind.CORE_SCHEDULING);
      } else {
        assertThat(ProcessCheck.of(target.pid()).refusals()).isEmpty();
      }
    }
  }

  @Test
  void initOfANamespace() throws Exception {
    List<String> command =
        List.of("/usr/bin/unshare", "--pid", "--fork", "--kill-child", "/usr/bin/perl", "-e", WAIT);
    try (TargetProcess parent = TargetProcess.start(folder, command)) {
      parent.awaitLines(1);
      String children = ProcFs.readText(parent.pid(), "task/" + parent.pid() + "/children");

      assertRefused(Integer.parseInt(children.strip()), ProcessKind.NAMESPACE_INIT);
    }
  }

  @Test
  void threadAndTheSenderItself() {
    int thread =
        ProcFs.threads(SelfProcess.pid()).stream()
            .filter(tid -> tid != SelfProcess.pid())
            .findFirst()
            .orElseThrow();

    assertRefused(thread, ProcessKind.THREAD_ID);
    assertRefused(SelfProcess.pid(), ProcessKind.SENDER_ITSELF);
  }

  @Test
  void kernelThread() {
    int thread =
        ProcFs.list("/proc").stream()
            .filter(name -> name.matches("\\d+"))
            .map(Integer::valueOf)
            .filter(RefusalIT::isKernelThread)
            .findFirst()
            .orElseThrow();

    assertRefused(thread, ProcessKind.KERNEL_THREAD);
  }

  @Test
  void programOf32Bits() throws Exception {
    Path program = folder.resolve("pause32");
    Files.write(program, pausingProgramOf32Bits());
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    if (!HostFeatures.hasCallsOf32Bits()) {
      assertThatThrownBy(() -> TargetProcess.start(folder, List.of(program.toString())))
          .hasMessageContaining("ENOEXEC");
      return;
    }
    try (TargetProcess target = TargetProcess.start(folder, List.of(program.toString()))) {
      await().until(() -> ProcFs.readLink(target.pid(), "exe").equals(program.toString()));

      assertRefused(target.pid(), ProcessKind.WORD_SIZE);
    }
  }

  /** One segment with the header and {@code for (;;) pause();}. */
  private static byte[] pausingProgramOf32Bits() {
    int base = 0x0804_8000;
    int headers = 52 + 32;
    byte[] code = {(byte) 0xb8, 29, 0, 0, 0, (byte) 0xcd, (byte) 0x80, (byte) 0xeb, (byte) 0xf7};
    ByteBuffer file = ByteBuffer.allocate(headers + code.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7f, 'E', 'L', 'F', 1, 1, 1}).position(16);
    file.putShort((short) 2).putShort((short) 3).putInt(1).putInt(base + headers);
    file.putInt(52).putInt(0).putInt(0).putShort((short) 52).putShort((short) 32);
    file.putShort((short) 1).position(52);
    file.putInt(1).putInt(0).putInt(base).putInt(base);
    file.putInt(file.capacity()).putInt(file.capacity()).putInt(5).putInt(4096);
    return file.put(code).array();
  }

  private static boolean isKernelThread(int pid) {
    try {
      return ProcessStatus.parse(ProcFs.read(pid, "status")).kernelThread();
    } catch (SystemCallException e) {
      return false; // It has ended meanwhile.
    }
  }

  private void assertRefused(String perl, StateKind... kinds) throws Exception {
    try (TargetProcess target = TargetProcess.start(folder, List.of("/usr/bin/perl", "-e", perl))) {
      target.awaitLines(1);
      await().untilAsserted(() -> assertRefused(target.pid(), kinds));
    }
  }

  private static void assertRefused(int pid, StateKind... kinds) {
    Set<String> expected =
        Arrays.stream(kinds)
            .filter(kind -> kind.facts().treatment() != Treatment.CARRIED)
            .map(StateKind::id)
            .collect(toSet());
    List<Refusal> refusals = ProcessCheck.of(pid).refusals();

    assertThat(refusals.stream().map(Refusal::kind).collect(toSet()))
        .as("%s", refusals)
        .containsAll(expected);
    assertThat(refusals).allMatch(refusal -> !refusal.advice().isEmpty());
  }
}
