package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.github.livemigration.capture.Preflight;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FaultPoints;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.restore.BlankProcess;
import io.github.livemigration.restore.ClockShift;
import io.github.livemigration.tracee.Tracer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * System calls and remote calls of both sides fail, one in each migration; after that exactly one
 * copy runs, or both are stopped and one of them can go on.
 *
 * <p>A build tries some of the calls, evenly spread, and others every day; {@code -Dmigrate.seed}
 * chooses those of another day. The long form tries all of them.
 */
class FaultInjectionIT {
  private static final Set<String> REGISTERS = Set.of("GETREGSET", "SETREGSET", "SETSIGMASK");
  private static final int FAULTS = 24;
  private static final long SEED =
      Long.getLong("migrate.seed", System.currentTimeMillis() / 86_400_000);
  private static final int SELDOM = 7;
  private static final long NOTICEABLE_NANOS = 100_000_000;
  private static final String CLOCK =
      "import time\nwhile True: print(time.monotonic_ns()); time.sleep(0.001)";

  /** More than is sent before the freeze, so that pages are to come after COMMIT. */
  private static final int MEBIBYTES = 24;

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @AfterEach
  void removeHook() {
    FaultPoints.install(null);
  }

  /** Counts calls, and lets one of them fail. */
  private static final class OneFault implements FaultPoints.Hook {
    private final Predicate<String> counted;
    private final int failing;
    private final AtomicInteger count = new AtomicInteger();
    private final List<String> names = Collections.synchronizedList(new ArrayList<>());
    private volatile long nanos;

    OneFault(int failing) {
      this(any -> true, failing);
    }

    OneFault(Predicate<String> counted, int failing) {
      this.counted = counted;
      this.failing = failing;
    }

    @Override
    public void reached(String call) {
      if (counted.test(call) && count.incrementAndGet() == failing) {
        names.add(call);
        nanos = System.nanoTime();
        throw new SystemCallException("injected: " + call, Errno.ENOMEM);
      }
    }
  }

  @Test
  void whateverFailsExactlyOneCopyGoesOn() throws Exception {
    int calls = countCalls(any -> true);
    int step = Math.max(1, calls / FAULTS);
    letFail(any -> true, calls, 1 + new Random(SEED).nextInt(step), step);
  }

  /** They lead the source's threads into remote calls and back, and tell what these have given. */
  @Test
  void whicheverUseOfRegistersFailsExactlyOneCopyGoesOn() throws Exception {
    Predicate<String> ofTheSource =
        call ->
            REGISTERS.contains(call)
                && Thread.currentThread().getName().matches("tracer of [0-9]+");
    letFail(ofTheSource, countCalls(ofTheSource), 1, 1);
  }

  @Test
  @Tag("long")
  void whicheverOfAllCallsFailsExactlyOneCopyGoesOn() throws Exception {
    letFail(any -> true, countCalls(any -> true), 1, 1);
  }

  /** The kernel ends the init of a namespace last, after all that is traced there is collected. */
  @Test
  @Timeout(value = 240, threadMode = ThreadMode.SEPARATE_THREAD)
  void whateverFailsWhileTheBlankProcessIsMadeNothingIsLeftOfIt() throws Exception {
    Set<ProcessHandle> others = ProcessHandle.current().children().collect(Collectors.toSet());
    int calls = makeBlankProcess(new OneFault(0));
    assertThat(calls).isGreaterThan(10);
    for (int failing = 1; failing <= calls; failing++) {
      OneFault fault = new OneFault(failing);
      try {
        makeBlankProcess(fault);
      } catch (SystemCallException e) {
        assertThat(e).hasMessageStartingWith("injected: ");
      }
      assertThat(ProcessHandle.current().children()).as("after %s", fault.names).isSubsetOf(others);
    }
  }

  private static int makeBlankProcess(OneFault fault) throws Exception {
    try (Tracer tracer = new Tracer("tracer of a test")) {
      FaultPoints.install(fault);
      BlankProcess made = tracer.call(() -> BlankProcess.create(2_000, ClockShift.NONE, false));
      FaultPoints.install(null);
      tracer.run(made::destroy);
      return fault.count.get();
    } finally {
      FaultPoints.install(null);
    }
  }

  /** A process that runs may close a pipe while its descriptors are looked at. */
  @Test
  void pipeThatGoesAwayDuringThePreflightIsNoneOfTheProcess() throws Exception {
    String pipes = "import os, time\nends = os.pipe()\nprint(1)\ntime.sleep(600)";
    try (TargetProcess target =
        TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", pipes))) {
      target.awaitLines(1);
      int descriptors = lookWithout(target, 0);
      assertThat(descriptors).as("descriptors taken").isPositive();
      for (int gone = 1; gone <= descriptors; gone++) {
        lookWithout(target, gone);
      }
    }
  }

  /** Returns how many descriptors were taken in the look, of which one may be gone. */
  private static int lookWithout(TargetProcess target, int gone) {
    AtomicInteger taken = new AtomicInteger();
    FaultPoints.install(
        call -> {
          if (call.equals("pidfd_getfd") && taken.incrementAndGet() == gone) {
            throw new SystemCallException("injected: " + call, Errno.EBADF);
          }
        });
    assertThat(Preflight.of(target.pid(), false).obstacles()).isEmpty();
    return taken.get();
  }

  /**
   * Measures from the failure, on whichever side, to what the target does next, which it tells with
   * the time of the clock that this JVM reads as well; and the same from a moment at which nothing
   * has happened yet, for comparison.
   */
  @Test
  @Tag("long")
  void targetRunsOnSoonAfterAFailure() throws Exception {
    int calls = countCalls(any -> true);
    List<Long> gaps = new ArrayList<>();
    List<Long> usual = new ArrayList<>();
    for (int failing = 1; failing < calls; failing += SELDOM) {
      gapAfter(new OneFault(failing), usual).ifPresent(gaps::add);
    }
    assertThat(gaps).isNotEmpty();
    System.out.printf(
        "the target ran on after %d failures %s; undisturbed it goes on %s%n",
        gaps.size(), spread(gaps), spread(usual));
  }

  private static String spread(List<Long> gaps) {
    Collections.sort(gaps);
    return "half within %.1f ms, 99 %% within %.1f ms, all within %.1f ms"
        .formatted(
            gaps.get(gaps.size() / 2) / 1e6,
            gaps.get(gaps.size() * 99 / 100) / 1e6,
            gaps.get(gaps.size() - 1) / 1e6);
  }

  /** Returns nothing where the target was not frozen, or had moved. */
  private OptionalLong gapAfter(OneFault fault, List<Long> usual) throws Exception {
    try (TargetProcess target =
            TargetProcess.start(folder, List.of("/usr/bin/python3", "-uc", CLOCK));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(5);
      Timeouts impatient = Timeouts.usual().with("outage", Duration.ofSeconds(1));
      SenderOptions options = SenderOptions.to(receiver.address()).withTimeouts(impatient);
      long undisturbed = System.nanoTime();
      target.awaitMoreLines(2);
      usual.add(gapAfter(undisturbed, target));
      FaultPoints.install(fault);
      try {
        new Sender(options, MigrationListener.none()).send(target.pid());
        return OptionalLong.empty();
      } catch (MigrationFailedException | SystemCallException e) {
        return OptionalLong.empty();
      } catch (MigrationRolledBackException e) {
        FaultPoints.install(null);
        target.awaitMoreLines(2);
        long gap = gapAfter(fault.nanos, target);
        if (gap > NOTICEABLE_NANOS) {
          System.out.printf("%.1f ms after %s: %s%n", gap / 1e6, fault.names, e.getMessage());
        }
        return OptionalLong.of(gap);
      } finally {
        FaultPoints.install(null);
      }
    }
  }

  /** Returns how long after a moment the target tells that it runs. */
  private static long gapAfter(long moment, TargetProcess target) throws Exception {
    return target.numbers().stream()
        .mapToLong(nanos -> nanos - moment)
        .filter(nanos -> nanos > 0)
        .min()
        .orElseThrow();
  }

  private void letFail(Predicate<String> counted, int calls, int first, int step) throws Exception {
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (int failing = first; failing < calls; failing += step, tried++) {
      OneFault fault = new OneFault(counted, failing);
      try {
        migrate(fault);
      } catch (AssertionError | Exception e) {
        wrong.add("call %d %s: %s".formatted(failing, fault.names, e));
        System.out.println(wrong.get(wrong.size() - 1));
      } finally {
        // A copy on the destination that the sender knows nothing of is a child of this process.
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
      }
    }
    System.out.printf("%d of %d calls failed, seed %d%n", tried, calls, SEED);
    assertThat(wrong).as("%d of %d calls failed, seed %d", tried, calls, SEED).isEmpty();
  }

  private int countCalls(Predicate<String> counted) throws Exception {
    OneFault none = new OneFault(counted, -1);
    migrate(none);
    return none.count.get();
  }

  private void migrate(OneFault fault) throws Exception {
    Timeouts impatient =
        Timeouts.usual()
            .with("outage", Duration.ofSeconds(1))
            .with("restore", Duration.ofSeconds(3));
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        TestReceiver receiver = new TestReceiver(impatient)) {
      target.awaitMoreLines(5);
      int source = target.pid();
      UntouchedState before = UntouchedState.of(source);
      SenderOptions options =
          SenderOptions.to(receiver.address()).withVerify(true).withTimeouts(impatient);
      Outcome outcome;
      FaultPoints.install(fault);
      try {
        outcome = new Sender(options, MigrationListener.none()).send(source).outcome();
      } catch (MigrationException e) {
        outcome = e.report().outcome();
      } catch (SystemCallException e) {
        outcome = Outcome.REFUSED; // Before anything was touched.
      } finally {
        FaultPoints.install(null);
      }
      switch (outcome) {
        case COMPLETED -> {
          MigrationReport received = receiver.nextReport();
          assertThat(ProcFs.exists("/proc/" + source)).as("the source is there").isFalse();
          target.movedTo(received.hostPid());
          assertGoesOn(target);
        }
        case REFUSED, ROLLED_BACK -> {
          assertGoesOn(target);
          assertThat(UntouchedState.of(source)).isEqualTo(before);
        }
        case FAILED -> assertKept(source);
      }
    }
  }

  private static void assertGoesOn(TargetProcess target) throws Exception {
    target.awaitMoreLines(10);
    List<Long> numbers = target.numbers();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    assertThat(ProcessStatus.parse(ProcFs.read(target.pid(), "status")).tracerPid())
        .as("tracer of the copy that runs")
        .isIn(0, (int) ProcessHandle.current().pid());
  }

  /** Connections that bring nothing are no better than none. */
  @Test
  void pagesThatCannotBeReadAreNotAskedForWithoutEnd() throws Exception {
    Timeouts impatient = Timeouts.usual().with("outage", Duration.ofSeconds(1));
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        TestReceiver receiver = new TestReceiver(impatient)) {
      target.awaitMoreLines(5);
      SenderOptions options = SenderOptions.to(receiver.address()).withStateFolder(folder);
      MigrationFailedException failure =
          catchThrowableOfType(
              MigrationFailedException.class,
              () ->
                  new Sender(options.withTimeouts(impatient), new UnreadableFromCommitOn())
                      .send(target.pid()));
      FaultPoints.install(null);
      assertThat(failure).hasMessageContaining("no page was served for 1 s");
      MigrationReport report = receiver.nextReport();
      assertThat(report.outcome()).isEqualTo(Outcome.FAILED);
      awaitStopped(target.pid());
      awaitStopped(report.hostPid());

      Matcher session = Pattern.compile("--resume (\\S+?)'").matcher(failure.getMessage());
      assertThat(session.find()).as("a session to resume").isTrue();
      new Sender(options, MigrationListener.none()).resume(session.group(1));
      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.COMPLETED);
      target.movedTo(report.hostPid());
      assertGoesOn(target);
    }
  }

  private static final class UnreadableFromCommitOn implements MigrationListener {
    @Override
    public void phaseBegan(String name) {
      if (name.equals("commit")) {
        FaultPoints.install(UnreadableFromCommitOn::reached);
      }
    }

    private static void reached(String call) {
      // The threads of the page servers.
      if (call.equals("process_vm_readv") && Thread.currentThread().getName().endsWith(" pages")) {
        throw new SystemCallException("injected: " + call, Errno.ENOMEM);
      }
    }
  }

  private static void awaitStopped(int pid) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> ProcessStatus.parse(ProcFs.read(pid, "status")).state() == 'T');
  }

  /** Nobody has ended the copy that holds the memory. */
  private static void assertKept(int source) {
    awaitStopped(source);
    Signals.kill(source, Signals.SIGKILL);
  }
}
