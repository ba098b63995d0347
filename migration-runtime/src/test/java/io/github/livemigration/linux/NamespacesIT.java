package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class NamespacesIT {
  /** A fresh OS thread, because what it leaves it cannot always enter again. */
  private static void onThreadOfItsOwn(Runnable task) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    new Thread(
            () -> {
              try {
                task.run();
                done.complete(null);
              } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
              }
            })
        .start();
    done.join();
  }

  @Test
  void childOfANewPidNamespaceIsItsInit() {
    onThreadOfItsOwn(
        () -> {
          Namespaces.unshare(Namespaces.CLONE_NEWPID);
          try (PausedChild child = new PausedChild()) {
            ProcessStatus status = ProcessStatus.parse(ProcFs.read(child.pid(), "status"));
            assertThat(status.nsPids()).containsExactly(child.pid(), 1);
          }
        });
  }

  @Test
  void threadReturnsToThePidNamespaceOfItsProcess() {
    onThreadOfItsOwn(
        () -> {
          Namespaces.unshare(Namespaces.CLONE_NEWPID);
          try (OwnedFd own = OwnedFd.open("/proc/thread-self/ns/pid", OpenFlags.RDONLY)) {
            Namespaces.setns(own, Namespaces.CLONE_NEWPID);
          }
          try (PausedChild child = new PausedChild()) {
            ProcessStatus status = ProcessStatus.parse(ProcFs.read(child.pid(), "status"));
            assertThat(status.nsPids()).containsExactly(child.pid());
          }
        });
  }

  @Test
  void childOfANewTimeNamespaceSeesItsOffset() {
    onThreadOfItsOwn(
        () -> {
          Namespaces.unshare(Namespaces.CLONE_NEWTIME);
          // Only directories of processes have this file, but they exist for every thread.
          write("/proc/" + SelfProcess.gettid() + "/timens_offsets", "monotonic 1000000 0\n");
          try (PausedChild child = new PausedChild()) {
            assertThat(ProcFs.readText(child.pid(), "timens_offsets")).contains("1000000");
            assertThat(ProcFs.readLink(child.pid(), "ns/time"))
                .isEqualTo(ProcFs.readLink("/proc/thread-self/ns/time_for_children"));
          }
        });
  }

  @Test
  void ownMountNamespaceIsLeftAlone() {
    String before = ProcFs.readLink("/proc/thread-self/ns/mnt");
    onThreadOfItsOwn(
        () -> {
          Namespaces.unshare(Namespaces.CLONE_NEWNS);
          assertThat(ProcFs.readLink("/proc/thread-self/ns/mnt")).isNotEqualTo(before);
        });
    assertThat(ProcFs.readLink("/proc/thread-self/ns/mnt")).isEqualTo(before);
  }

  @Test
  void wrongFlagIsNamed() {
    assertThatThrownBy(() -> Namespaces.unshare(1))
        .hasMessage("unshare(0x1): EINVAL (Invalid argument)");
  }

  @Test
  void probingLeavesNothingBehind() {
    List<String> namespaces = List.of("pid_for_children", "time_for_children", "mnt");
    List<String> before = links(namespaces);
    KernelFeatures.probe();

    assertThat(links(namespaces)).isEqualTo(before);
    assertThatThrownBy(Wait::pollAnyOfThisThread).hasMessageContaining("ECHILD");
  }

  private static List<String> links(List<String> names) {
    return names.stream().map(name -> ProcFs.readLink("/proc/thread-self/ns/" + name)).toList();
  }

  private static void write(String path, String text) {
    byte[] bytes = LibC.cString(text);
    NativeBuffer memory = NativeBuffer.of(bytes);
    try (OwnedFd file = OwnedFd.open(path, OpenFlags.WRONLY)) {
      assertThat(file.write(memory.address(), bytes.length - 1)).isEqualTo(bytes.length - 1);
    }
  }
}
