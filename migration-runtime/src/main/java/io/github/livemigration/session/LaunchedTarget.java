package io.github.livemigration.session;

import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.capture.Preflight;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.Spawn;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.tracee.SupervisedProcess;
import io.github.livemigration.tracee.Tracer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A program that was started here and is traced so that one signal starts its migration; all other
 * signals pass through to it unchanged. It runs at full speed: it stops for signals and new threads
 * only, and only for a moment.
 *
 * <p>Thread-safe.
 */
public final class LaunchedTarget implements SourceProcess, AutoCloseable {
  private final Tracer tracer;
  private final BlockingQueue<TargetEvent> events = new LinkedBlockingQueue<>();
  private final SupervisedProcess process;
  private @Nullable ProcessMemory memory;
  private final int signal;
  private Future<?> supervision = CompletableFuture.completedFuture(null);

  private LaunchedTarget(Tracer tracer, SupervisedProcess process, int signal) {
    this.tracer = tracer;
    this.process = process;
    this.signal = signal;
  }

  /**
   * Start a program with this process's standard streams, environment and working directory.
   *
   * @param command program, looked up in PATH, and its arguments
   * @param signal number of the signal that starts a migration
   * @throws SystemCallException where the program cannot be started
   */
  public static LaunchedTarget launch(List<String> command, int signal) throws Exception {
    return launch(command, signal, "");
  }

  /**
   * Start a program likewise.
   *
   * @param secret name of a variable that it shall not inherit
   */
  public static LaunchedTarget launch(List<String> command, int signal, String secret)
      throws Exception {
    String program = ProgramPath.find(command.get(0));
    Map<String, String> environment = new LinkedHashMap<>(System.getenv());
    Map<String, String> changed = environment.remove(secret) == null ? null : environment;
    Tracer tracer = new Tracer("tracer of the target");
    SupervisedProcess process =
        tracer.call(() -> SupervisedProcess.seize(Spawn.spawn(program, command, changed), signal));
    LaunchedTarget target = new LaunchedTarget(tracer, process, signal);
    target.supervise();
    return target;
  }

  @Override
  public int pid() {
    return process.pid();
  }

  @Override
  public Tracer tracer() {
    return tracer;
  }

  @Override
  public Preflight preflight() {
    return Preflight.of(process.pid(), true);
  }

  /** Wait for the signal that starts a migration, or for the end of the target. */
  public TargetEvent awaitEvent() throws InterruptedException {
    return events.take();
  }

  private void supervise() {
    supervision = tracer.start(this::superviseUntilStop);
  }

  private void superviseUntilStop() {
    try {
      if (process.supervise(() -> events.add(new TargetEvent.Triggered()))
          == SupervisedProcess.End.ENDED) {
        events.add(new TargetEvent.Ended(process.exitStatus()));
      }
    } catch (RuntimeException e) {
      events.add(new TargetEvent.Lost(String.valueOf(e.getMessage())));
      throw e;
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>The supervision is brought to its end by the signal itself, sent once more: the tracer waits
   * for stops and hears nothing else.
   */
  @Override
  public FrozenProcess freeze() throws Exception {
    process.requestStop();
    Signals.kill(process.pid(), signal);
    Tracer.await(supervision);
    return tracer.call(
        () -> {
          if (process.hasEnded()) {
            throw new SystemCallException("freeze of process " + process.pid(), Errno.ESRCH);
          }
          return FrozenProcess.freeze(
              process.pid(), openMemory(), process.threads(), process.stopped(), process.trigger());
        });
  }

  /**
   * A descriptor of /proc/PID/mem stays with the program that was there when it was opened, through
   * an exec.
   */
  private ProcessMemory openMemory() {
    closeMemory();
    ProcessMemory opened = ProcessMemory.open(process.pid());
    memory = opened;
    return opened;
  }

  private void closeMemory() {
    if (memory != null) {
      memory.close();
    }
  }

  @Override
  public void thaw(FrozenProcess frozen) throws Exception {
    tracer.run(
        () -> {
          frozen.undoInterruptions();
          process.resumeAll(frozen.threads());
        });
    supervise();
  }

  /** Stop tracing; a target that still runs here is not traced any more. */
  @Override
  public void close() {
    closeMemory();
    tracer.close();
  }
}
