package io.github.livemigration.harness;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Everything that has to be gone in the end: processes, targets that have left their parent, a
 * temporary folder. Safe to use from any thread.
 *
 * <p>The end of this JVM closes too.
 */
final class OwnedProcesses implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(2);

  private final List<MigrateProcess> processes = new ArrayList<>();
  private final Set<ProcessHandle> targets = new LinkedHashSet<>();
  private final Thread closeAtExit = new Thread(this::close, "live migration clean-up");
  private @Nullable ScratchFolder folder;
  private boolean closed;

  /**
   * Make the temporary folder, and close when this JVM ends.
   *
   * @throws IllegalStateException if it was called before, or after closing
   */
  synchronized void open() {
    checkOpen();
    if (folder != null) {
      throw new IllegalStateException("the harness has been started already");
    }
    folder = ScratchFolder.create();
    Runtime.getRuntime().addShutdownHook(closeAtExit);
  }

  /** A file of this name in the temporary folder. */
  synchronized Path file(String name) {
    checkOpen();
    if (folder == null) {
      throw new IllegalStateException("the harness has not been started");
    }
    return folder.file(name);
  }

  /** Own a process that has just started; one that comes too late is ended at once. */
  MigrateProcess add(MigrateProcess process) {
    synchronized (this) {
      if (!closed) {
        processes.add(process);
        return process;
      }
    }
    process.close();
    throw new IllegalStateException("the harness is closed");
  }

  /** Own a target by its process id; nothing happens if there is no such process. */
  synchronized void addTarget(long pid) {
    ProcessHandle.of(pid).ifPresent(targets::add);
  }

  synchronized void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the harness is closed");
    }
  }

  /** What each process said and how it ended. */
  synchronized String describe() {
    return processes.stream().map(MigrateProcess::describe).collect(Collectors.joining("\n"));
  }

  @Override
  public void close() {
    List<MigrateProcess> started;
    List<ProcessHandle> strays;
    ScratchFolder scratch;
    synchronized (this) {
      closed = true;
      started = List.copyOf(processes);
      strays = List.copyOf(targets);
      scratch = folder;
    }
    CloseAll closing = new CloseAll();
    closing.run(
        () ->
            ProcessTree.end(started.stream().map(MigrateProcess::handle).toList(), strays, GRACE));
    started.forEach(process -> closing.run(process::close));
    if (scratch != null) {
      closing.run(scratch::close);
      closing.run(this::removeHook);
    }
    closing.throwFirst();
  }

  private void removeHook() {
    if (Thread.currentThread() == closeAtExit) {
      return;
    }
    try {
      Runtime.getRuntime().removeShutdownHook(closeAtExit);
    } catch (IllegalStateException e) {
      // The JVM is ending: the hook runs on its own and finds nothing more to do.
      return;
    }
  }
}
