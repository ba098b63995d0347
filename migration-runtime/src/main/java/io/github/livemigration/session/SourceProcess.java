package io.github.livemigration.session;

import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.capture.Preflight;
import io.github.livemigration.tracee.Tracer;

/** A running process that can be frozen for a migration. */
sealed interface SourceProcess permits AttachedProcess, LaunchedTarget {
  /** Returns its id in this process's PID namespace. */
  int pid();

  /** Returns the thread that may trace it. */
  Tracer tracer();

  /** Look at the process without disturbing it. */
  Preflight preflight();

  /** Stop all its threads. To be called from any thread but the tracer's. */
  FrozenProcess freeze() throws Exception;

  /** Let it run on after a {@link #freeze}, with whatever supervision it had before. */
  void thaw(FrozenProcess process) throws Exception;
}
