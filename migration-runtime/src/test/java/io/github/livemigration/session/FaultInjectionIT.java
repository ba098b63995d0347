package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.FaultPoints;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * System calls and remote calls of both sides fail, one in each migration; after that exactly one
 * copy runs, or both are stopped and one of them can go on.
 *
 * <p>{@code -Dmigrate.faults=N} tries about so many of the calls, evenly spread; the default is for
 * every build, 100000 is all of them and takes half an hour.
 */
class FaultInjectionIT {
  private static final int FAULTS = Integer.getInteger("migrate.faults", 24);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  @AfterEach
  void removeHook() {
    FaultPoints.install(null);
  }

  /** Counts calls, and lets one of them fail. */
  private static final class OneFault implements FaultPoints.Hook {
    private final int failing;
    private final AtomicInteger count = new AtomicInteger();
    private final List<String> names = Collections.synchronizedList(new ArrayList<>());

    OneFault(int failing) {
      this.failing = failing;
    }

    @Override
    public void reached(String call) {
      if (count.incrementAndGet() == failing) {
        names.add(call);
        throw new SystemCallException("injected: " + call, Errno.ENOMEM);
      }
    }
  }

  @Test
  void whateverFailsExactlyOneCopyGoesOn() throws Exception {
    int calls = countCalls();
    int step = Math.max(1, calls / FAULTS);
    List<String> wrong = new ArrayList<>();
    for (int failing = 1; failing < calls; failing += step) {
      OneFault fault = new OneFault(failing);
      try {
        migrate(fault);
      } catch (AssertionError | Exception e) {
        wrong.add("call %d %s: %s".formatted(failing, fault.names, e));
      } finally {
        // A copy on the destination that the sender knows nothing of is a child of this process.
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
      }
    }
    assertThat(wrong).as("%d calls, every %dth failed", calls, step).isEmpty();
  }

  private int countCalls() throws Exception {
    OneFault none = new OneFault(-1);
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
        case REFUSED, ROLLED_BACK -> assertGoesOn(target);
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

  /** Nobody has ended the copy that holds the memory. */
  private static void assertKept(int source) {
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> ProcessStatus.parse(ProcFs.read(source, "status")).state() == 'T');
    Signals.kill(source, Signals.SIGKILL);
  }
}
