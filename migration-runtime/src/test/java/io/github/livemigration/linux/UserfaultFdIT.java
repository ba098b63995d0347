package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class UserfaultFdIT {
  private static final int PAGE = NativeBuffer.PAGE_SIZE;
  private final NativeBuffer messages = NativeBuffer.allocate(64 * UserfaultMessage.BYTES);
  private final NativeBuffer source = NativeBuffer.allocate(8 * PAGE);
  private final Installation install = new Installation();

  @Test
  void missingPageIsReportedAndServed() throws Exception {
    try (UserfaultFd userfault = registeredFor(UserfaultFd.FEATURE_THREAD_ID);
        Mapping mapping = Mapping.ofPages(4)) {
      userfault.register(mapping.page(0), mapping.length(), UserfaultFd.MODE_MISSING);
      assertThat(userfault.readMessages(messages)).isZero();
      CompletableFuture<Long> reading = CompletableFuture.supplyAsync(() -> mapping.read(2));
      awaitMessage(userfault);

      assertThat(UserfaultMessage.type(messages, 0)).isEqualTo(UserfaultMessage.FAULT);
      assertThat(UserfaultMessage.faultAddress(messages, 0)).isEqualTo(mapping.page(2));
      assertThat(UserfaultMessage.faultFlags(messages, 0)).isZero();
      assertThat(ProcFs.threads(SelfProcess.pid()))
          .contains(UserfaultMessage.faultThread(messages, 0));
      source.putLong(0, 4711);
      install.copy(userfault, mapping.page(2), source.address(), PAGE);
      done(PAGE);
      assertThat(reading.get(60, TimeUnit.SECONDS)).isEqualTo(4711);
    }
  }

  @Test
  void zeroPageWakesItsReader() throws Exception {
    try (UserfaultFd userfault = registeredFor(0);
        Mapping mapping = Mapping.ofPages(4)) {
      userfault.register(mapping.page(0), mapping.length(), UserfaultFd.MODE_MISSING);
      CompletableFuture<Long> reading = CompletableFuture.supplyAsync(() -> mapping.read(0));
      awaitMessage(userfault);
      install.zero(userfault, mapping.page(0), mapping.length());

      done(mapping.length());
      assertThat(reading.get(60, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void pageThatIsThereEndsTheInstallationWithItsPlace() {
    try (UserfaultFd userfault = registeredFor(0);
        Mapping mapping = Mapping.ofPages(4)) {
      userfault.register(mapping.page(0), mapping.length(), UserfaultFd.MODE_MISSING);
      install.copy(userfault, mapping.page(2), source.address(), PAGE);
      done(PAGE);

      install.copy(userfault, mapping.page(0), source.address(), 4 * PAGE);
      ended(Installation.Outcome.PRESENT, 2 * PAGE);
      install.zero(userfault, mapping.page(2), 2 * PAGE);
      ended(Installation.Outcome.PRESENT, 0);
      install.zero(userfault, mapping.page(3), PAGE);
      done(PAGE);
    }
  }

  @Test
  void rangeThatIsNotRegisteredIsGone() {
    try (UserfaultFd userfault = registeredFor(0);
        Mapping mapping = Mapping.ofPages(4)) {
      userfault.register(mapping.page(0), 2 * PAGE, UserfaultFd.MODE_MISSING);
      install.copy(userfault, mapping.page(2), source.address(), PAGE);
      ended(Installation.Outcome.RANGE_GONE, 0);
      install.zero(userfault, mapping.page(3), PAGE);
      ended(Installation.Outcome.RANGE_GONE, 0);
      install.copy(userfault, mapping.page(0), source.address(), 2 * PAGE);
      done(2 * PAGE);
    }
  }

  @Test
  void wrongSourceIsAnErrorThatNamesTheRange() {
    try (UserfaultFd userfault = registeredFor(0);
        Mapping mapping = Mapping.ofPages(1)) {
      userfault.register(mapping.page(0), mapping.length(), UserfaultFd.MODE_MISSING);

      assertThatThrownBy(() -> install.copy(userfault, mapping.page(0), 0x1000, PAGE))
          .hasMessage(
              "ioctl(UFFDIO_COPY, 0x%x+0x1000): EFAULT (Bad address)".formatted(mapping.page(0)));
    }
  }

  @Test
  void pendingRemoveAsksToReadMessagesFirst() throws Exception {
    try (UserfaultFd userfault = registeredFor(UserfaultFd.FEATURE_EVENT_REMOVE);
        Mapping mapping = Mapping.ofPages(2)) {
      userfault.register(mapping.page(0), mapping.length(), UserfaultFd.MODE_MISSING);
      CompletableFuture<Void> dropping = CompletableFuture.runAsync(() -> mapping.drop(1));
      assertThat(new Poll(userfault.number()).await(10_000)).isTrue();

      install.copy(userfault, mapping.page(0), source.address(), PAGE);
      ended(Installation.Outcome.RETRY, 0);
      install.zero(userfault, mapping.page(0), PAGE);
      ended(Installation.Outcome.RETRY, 0);
      assertThat(userfault.readMessages(messages)).isEqualTo(1);
      assertThat(UserfaultMessage.type(messages, 0)).isEqualTo(UserfaultMessage.REMOVE);
      assertThat(UserfaultMessage.removeStart(messages, 0)).isEqualTo(mapping.page(1));
      assertThat(UserfaultMessage.removeEnd(messages, 0)).isEqualTo(mapping.page(2));
      dropping.get(60, TimeUnit.SECONDS);
      install.copy(userfault, mapping.page(0), source.address(), PAGE);
      done(PAGE);
    }
  }

  @Test
  void quietInstallationWakesNobodyUntilAsked() throws Exception {
    try (UserfaultFd userfault = registeredFor(0);
        Mapping mapping = Mapping.ofPages(1)) {
      userfault.register(mapping.page(0), mapping.length(), UserfaultFd.MODE_MISSING);
      CompletableFuture<Long> reading = CompletableFuture.supplyAsync(() -> mapping.read(0));
      awaitMessage(userfault);
      int mode = Installation.MODE_DONTWAKE;
      install.copy(userfault, mapping.page(0), source.address(), PAGE, mode);
      done(PAGE);
      assertThat(reading).isNotDone();

      userfault.wake(mapping.page(0), PAGE);
      assertThat(reading.get(60, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void endOfRegistrationLeavesZeros() throws Exception {
    try (UserfaultFd userfault = registeredFor(0);
        Mapping mapping = Mapping.ofPages(1)) {
      userfault.register(mapping.page(0), mapping.length(), UserfaultFd.MODE_MISSING);
      CompletableFuture<Long> reading = CompletableFuture.supplyAsync(() -> mapping.read(0));
      awaitMessage(userfault);
      userfault.unregister(mapping.page(0), mapping.length());

      assertThat(reading.get(60, TimeUnit.SECONDS)).isZero();
    }
  }

  @Test
  void endedProcessIsAnOutcome() {
    try (PausedChild child = new PausedChild().stopped();
        Pidfd handle = Pidfd.open(child.pid())) {
      int number = (int) child.call(X8664.USERFAULTFD, OpenFlags.CLOEXEC | OpenFlags.NONBLOCK);
      long address = child.call(X8664.MMAP, 0, 2 * PAGE, 3, 0x22, -1, 0);
      try (UserfaultFd userfault = new UserfaultFd(handle.takeFd(number));
          ProcessMemory memory = ProcessMemory.open(child.pid())) {
        userfault.api(0);
        userfault.register(address, 2 * PAGE, UserfaultFd.MODE_MISSING);
        source.putLong(8, 42);
        install.copy(userfault, address, source.address(), PAGE);
        done(PAGE);
        assertThat(memory.readBytes(address + 8, 1)).containsExactly(42);

        Signals.kill(child.pid(), Signals.SIGKILL);
        assertThat(new Poll(handle.number()).await(10_000)).isTrue();
        install.copy(userfault, address + PAGE, source.address(), PAGE);
        ended(Installation.Outcome.PROCESS_GONE, 0);
        install.zero(userfault, address + PAGE, PAGE);
        ended(Installation.Outcome.PROCESS_GONE, 0);
      }
    }
  }

  private static UserfaultFd registeredFor(long features) {
    UserfaultFd userfault = UserfaultFd.create(0);
    assertThat(userfault.api(features) & features).isEqualTo(features);
    return userfault;
  }

  private void awaitMessage(UserfaultFd userfault) {
    assertThat(new Poll(userfault.number()).await(10_000)).isTrue();
    assertThat(userfault.readMessages(messages)).isEqualTo(1);
  }

  private void done(long bytes) {
    ended(Installation.Outcome.DONE, bytes);
  }

  private void ended(Installation.Outcome outcome, long bytes) {
    assertThat(install.outcome()).isEqualTo(outcome);
    assertThat(install.bytes()).isEqualTo(bytes);
  }
}
