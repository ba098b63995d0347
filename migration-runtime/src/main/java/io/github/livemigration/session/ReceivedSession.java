package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.restore.KeptDescriptors;
import io.github.livemigration.wire.SessionToken;
import java.util.List;
import java.util.Optional;

/**
 * What another receiver needs to go on with a session after this one has died.
 *
 * @param token of the session, secret
 * @param sender fingerprint of its certificate; empty without TLS
 * @param pid as the process sees itself
 * @param hostPid on this host
 * @param startTicks when it was started, so that no other process is taken for it
 * @param bootId of this host, for the same reason
 * @param threads of the process
 * @param mappings of the process
 * @param verify whether the content of all pages is compared at the end
 * @param pages that the source serves
 * @param kept what the init of the process has
 * @param stopped whether the process was stopped because the source stayed away
 * @param completion the account, once all pages have arrived
 */
record ReceivedSession(
    byte[] token,
    String sender,
    int pid,
    int hostPid,
    long startTicks,
    String bootId,
    int threads,
    int mappings,
    boolean verify,
    Pages pages,
    KeptDescriptors kept,
    boolean stopped,
    Optional<PageCompletion> completion) {

  /**
   * The pages of a process, by their addresses on the source.
   *
   * @param toCome all of them
   * @param planned those of them that came ahead with the plan
   * @param hot those of them that came with the image
   * @param wipedOnFork ranges that a child gets as zeros
   */
  record Pages(
      List<AddressRange> toCome,
      List<AddressRange> planned,
      List<AddressRange> hot,
      List<AddressRange> wipedOnFork) {
    Pages {
      toCome = List.copyOf(toCome);
      planned = List.copyOf(planned);
      hot = List.copyOf(hot);
      wipedOnFork = List.copyOf(wipedOnFork);
    }
  }

  /** Returns when a process was started. */
  static long startTicksOf(int pid) {
    return ProcessStat.parse(ProcFs.read(pid, "stat")).startTicks();
  }

  ReceivedSession withStopped(boolean choice) {
    return with(choice, completion);
  }

  ReceivedSession withCompletion(PageCompletion account) {
    return with(stopped, Optional.of(account));
  }

  private ReceivedSession with(boolean stoppedNow, Optional<PageCompletion> account) {
    return new ReceivedSession(
        token,
        sender,
        pid,
        hostPid,
        startTicks,
        bootId,
        threads,
        mappings,
        verify,
        pages,
        kept,
        stoppedNow,
        account);
  }

  /** Returns whether the process is still there. */
  boolean isThere() {
    try {
      return bootId.equals(HostIdentity.thisBootId()) && startTicksOf(hostPid) == startTicks;
    } catch (SystemCallException e) {
      return false;
    }
  }

  SessionToken sessionToken() {
    return SessionToken.of(token);
  }

  /** The token is a secret: this shows its first bytes. */
  @Override
  public String toString() {
    return "session " + sessionToken() + " of process " + pid + " (host pid " + hostPid + ")";
  }
}
