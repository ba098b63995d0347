package io.github.livemigration.session;

import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.SystemCallException;
import java.io.IOException;

/** Moves running processes to a receiver. Thread-safe; each call is a migration of its own. */
public final class Sender {
  private final SenderOptions options;
  private final MigrationListener listener;

  /** Prepare to send; connects to nothing yet. */
  public Sender(SenderOptions options, MigrationListener listener) {
    this.options = options;
    this.listener = listener;
  }

  /**
   * Move a process that is running now.
   *
   * @param pid in this process's PID namespace
   * @return the sender's report, once the destination has every page and the source process is gone
   * @throws MigrationRefusedException the process runs on here
   * @throws MigrationRolledBackException the process runs on here
   * @throws MigrationFailedException the process does not run here any more
   */
  public MigrationReport send(int pid) throws MigrationException {
    try (AttachedProcess process = open(pid)) {
      return move(process);
    }
  }

  /**
   * A second attempt is for a process that was changing its memory at the wrong moment of the
   * first.
   */
  private MigrationReport move(SourceProcess process) throws MigrationException {
    try {
      return new OutgoingMigration(process, options, listener, true).run();
    } catch (MigrationRolledBackException e) {
      if (e.getCause() instanceof MappingsChangedException) {
        return new OutgoingMigration(process, options, listener, false).run();
      }
      throw e;
    }
  }

  /**
   * Look at a process without moving it.
   *
   * @param pid in this process's PID namespace
   * @throws MigrationRefusedException with all that stands in the way here
   * @throws MigrationRolledBackException where the process cannot be looked at
   */
  public void check(int pid) throws MigrationException {
    try (AttachedProcess process = open(pid)) {
      new OutgoingMigration(process, options, listener, true).preflight();
    }
  }

  /**
   * Go on with a session whose sender has died or has given up after the point of no return.
   *
   * @param session its name, or the path of its file
   * @return the report of the rest, once the destination has every page and the source process is
   *     gone
   * @throws IOException where there is no such session, or nothing to go on with
   * @throws MigrationRolledBackException where the destination never got COMMIT: the process runs
   *     on here
   * @throws MigrationFailedException the process is still kept stopped here
   */
  public MigrationReport resume(String session) throws MigrationException, IOException {
    SessionFile file = SessionFile.find(options.stateFolder(), session);
    return new ResumedMigration(file, options, listener).run();
  }

  private static AttachedProcess open(int pid) throws MigrationRefusedException {
    try {
      return new AttachedProcess(pid);
    } catch (SystemCallException e) {
      throw new MigrationRefusedException(
          "process " + pid + " cannot be opened: " + e.getMessage(),
          MigrationReport.builder()
              .outcome(Outcome.REFUSED)
              .pid(pid)
              .refusal(
                  Refusal.of(
                      ProcessKind.ACCESS.at(
                          "process " + pid, e.call() + " failed: " + Errno.describe(e.errno()))))
              .build());
    }
  }

  /**
   * Move a program that was launched here. After a refusal or a rollback it is supervised as
   * before.
   *
   * @see #send(int)
   */
  public MigrationReport send(LaunchedTarget target) throws MigrationException {
    return move(target);
  }
}
