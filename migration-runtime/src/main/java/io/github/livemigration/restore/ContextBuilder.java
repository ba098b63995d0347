package io.github.livemigration.restore;

import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.image.IntervalTimers;
import io.github.livemigration.image.ProcessControls;
import io.github.livemigration.image.ProcessGroups;
import io.github.livemigration.image.ResourceLimits;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.util.ArrayList;
import java.util.List;

/** Sets what surrounds the process: directory, umask, groups, switches, limits, interval timers. */
final class ContextBuilder {
  private static final int PR_SET_DUMPABLE = 4;
  private static final int PR_SET_SECUREBITS = 28;
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int PR_SET_THP_DISABLE = 41;

  /**
   * A process that may not be dumped by anybody but root cannot ask for this itself, see
   * PR_SET_DUMPABLE(2const).
   */
  private static final int SUID_DUMP_ROOT = 2;

  private final RemoteBatch batch;
  private final List<RemoteCall> limitCalls = new ArrayList<>();

  ContextBuilder(RemoteBatch batch) {
    this.batch = batch;
  }

  void place(FileSystemContext fileSystem, ProcessGroups groups) {
    batch.call(
        "chdir(" + fileSystem.workingDirectory() + ")",
        X8664.CHDIR,
        batch.string(fileSystem.workingDirectory()));
    batch.call("umask", X8664.UMASK, fileSystem.umask());
    if (groups.sessionLeader()) {
      batch.call("setsid()", X8664.SETSID);
    } else if (groups.groupLeader()) {
      batch.call("setpgid(0, 0)", X8664.SETPGID, 0, 0);
    }
  }

  void control(ProcessControls controls) {
    if (controls.personality() != 0) {
      batch.call("personality", X8664.PERSONALITY, controls.personality());
    }
    if (controls.childSubreaper()) {
      batch.call("prctl(PR_SET_CHILD_SUBREAPER)", X8664.PRCTL, PR_SET_CHILD_SUBREAPER, 1);
    }
    if (controls.hugePagesDisabled() != 0) {
      batch.call(
          "prctl(PR_SET_THP_DISABLE)",
          X8664.PRCTL,
          PR_SET_THP_DISABLE,
          controls.hugePagesDisabled());
    }
    if (controls.secureBits() != 0) {
      batch.call("prctl(PR_SET_SECUREBITS)", X8664.PRCTL, PR_SET_SECUREBITS, controls.secureBits());
    }
    if (controls.dumpable() != SUID_DUMP_ROOT) {
      batch.call("prctl(PR_SET_DUMPABLE)", X8664.PRCTL, PR_SET_DUMPABLE, controls.dumpable());
    }
  }

  /** Comes last: a limit may forbid what was done before it. */
  void limit(ResourceLimits limits, IntervalTimers timers) {
    for (int limit = 0; limit < ResourceLimits.COUNT; limit++) {
      long values = batch.longs(limits.soft().get(limit), limits.hard().get(limit));
      limitCalls.add(
          batch.tryCall("prlimit64(" + limit + ")", X8664.PRLIMIT64, 0, limit, values, 0));
    }
    long values = batch.bytes(timers.values());
    for (int timer = 0; timer < IntervalTimers.COUNT; timer++) {
      batch.call(
          "setitimer(" + timer + ")",
          X8664.SETITIMER,
          timer,
          values + (long) timer * IntervalTimers.VALUE_BYTES,
          0);
    }
  }

  /**
   * Returns the numbers of the limits that could not be set, after the run: to raise a hard limit
   * takes CAP_SYS_RESOURCE.
   */
  List<Integer> limitsNotSet() {
    List<Integer> notSet = new ArrayList<>();
    for (int limit = 0; limit < limitCalls.size(); limit++) {
      if (limitCalls.get(limit).failed()) {
        notSet.add(limit);
      }
    }
    return notSet;
  }
}
