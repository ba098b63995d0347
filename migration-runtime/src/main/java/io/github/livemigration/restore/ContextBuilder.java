package io.github.livemigration.restore;

import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.image.IntervalTimers;
import io.github.livemigration.image.ProcessControls;
import io.github.livemigration.image.ProcessGroups;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;

/** Sets what surrounds the process: directory, umask, groups, switches, interval timers. */
final class ContextBuilder {
  private static final int DIRECTORY_MODE = 0700;
  private static final int PR_SET_DUMPABLE = 4;
  private static final int PR_SET_CHILD_SUBREAPER = 36;
  private static final int PR_SET_THP_DISABLE = 41;
  private static final int PR_SET_MDWE = 65;
  private static final int PR_SET_MEMORY_MERGE = 67;

  private final RemoteBatch batch;

  ContextBuilder(RemoteBatch batch) {
    this.batch = batch;
  }

  void place(FileSystemContext fileSystem, ProcessGroups groups) {
    if (fileSystem.deleted()) {
      enterDeletedDirectory(fileSystem.workingDirectory());
    } else {
      enter(fileSystem.workingDirectory());
    }
    batch.call("umask", X8664.UMASK, fileSystem.umask());
    if (groups.sessionLeader()) {
      batch.call("setsid()", X8664.SETSID);
    } else if (groups.groupLeader()) {
      batch.call("setpgid(0, 0)", X8664.SETPGID, 0, 0);
    }
  }

  /** Comes after all that is opened by its path. */
  void enterRoot(FileSystemContext fileSystem) {
    if (!fileSystem.root().equals("/")) {
      batch.call(
          CallName.of("chroot(%s)", fileSystem.root()),
          X8664.CHROOT,
          batch.string(fileSystem.root()));
    }
  }

  private void enter(String directory) {
    batch.call(CallName.of("chdir(%s)", directory), X8664.CHDIR, batch.string(directory));
  }

  /** A directory of this kind has nothing left but its last name. */
  private void enterDeletedDirectory(String lost) {
    String name = lost.substring(lost.lastIndexOf('/') + 1);
    String directory = "/tmp/%s.%x".formatted(name, System.nanoTime());
    batch.call(
        CallName.of("mkdir(%s)", directory), X8664.MKDIR, batch.string(directory), DIRECTORY_MODE);
    enter(directory);
    batch.call(CallName.of("rmdir(%s)", directory), X8664.RMDIR, batch.string(directory));
  }

  /** Comes last: these switches hinder the calls that build memory and identity. */
  void control(ProcessControls controls) {
    if (controls.childSubreaper()) {
      batch.call("prctl(PR_SET_CHILD_SUBREAPER)", X8664.PRCTL, PR_SET_CHILD_SUBREAPER, 1);
    }
    batch.call(
        "prctl(PR_SET_THP_DISABLE)",
        X8664.PRCTL,
        PR_SET_THP_DISABLE,
        controls.hugePagesDisabled() & 1,
        controls.hugePagesDisabled() & ~1,
        0,
        0);
    if (controls.memoryMerge()) {
      batch.call("prctl(PR_SET_MEMORY_MERGE)", X8664.PRCTL, PR_SET_MEMORY_MERGE, 1, 0, 0, 0);
    }
    if (controls.memoryDenyWriteExecute() != 0) {
      batch.call(
          "prctl(PR_SET_MDWE)",
          X8664.PRCTL,
          PR_SET_MDWE,
          controls.memoryDenyWriteExecute(),
          0,
          0,
          0);
    }
    for (int kinds = controls.memoryBarriers(); kinds != 0; kinds &= kinds - 1) {
      int command = Integer.lowestOneBit(kinds);
      batch.call(CallName.of("membarrier(%s)", command), X8664.MEMBARRIER, command, 0, 0);
    }
    batch.call("prctl(PR_SET_DUMPABLE)", X8664.PRCTL, PR_SET_DUMPABLE, controls.dumpable());
  }

  void arm(IntervalTimers timers) {
    long values = batch.bytes(timers.values());
    for (int timer = 0; timer < IntervalTimers.COUNT; timer++) {
      batch.call(
          CallName.of("setitimer(%s)", timer),
          X8664.SETITIMER,
          timer,
          values + (long) timer * IntervalTimers.VALUE_BYTES,
          0);
    }
  }
}
