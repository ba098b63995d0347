package io.github.livemigration.session;

import io.github.livemigration.capture.FrozenProcess;
import io.github.livemigration.image.AddressRange;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.wire.SessionToken;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * What another sender needs to go on after this one has died.
 *
 * @param token of the session, secret
 * @param address of the receiver, literal
 * @param port of the receiver
 * @param receiver fingerprint of its certificate; empty without TLS
 * @param pid of the frozen process
 * @param startTicks when it was started, so that no other process is taken for it
 * @param bootId of this host, for the same reason
 * @param stopped whether its user had stopped it before, so that it stays stopped after a rollback
 * @param verify whether the content of all pages is compared at the end
 * @param pages that the destination may ask for
 * @param parked what the threads had before they were parked; empty while COMMIT is not answered
 */
record SavedSession(
    byte[] token,
    String address,
    int port,
    String receiver,
    int pid,
    long startTicks,
    String bootId,
    boolean stopped,
    boolean verify,
    List<AddressRange> pages,
    List<FrozenProcess.ParkedThread> parked) {

  static SavedSession of(
      Dialer dialer, FrozenProcess process, boolean verify, List<AddressRange> pages) {
    return new SavedSession(
        dialer.token().bytes(),
        dialer.destination().getAddress().getHostAddress(),
        dialer.destination().getPort(),
        dialer.receiver(),
        process.pid(),
        startTicksOf(process.pid()),
        HostIdentity.thisBootId(),
        process.isStoppedByJobControl(),
        verify,
        pages,
        List.of());
  }

  SavedSession withParked(List<FrozenProcess.ParkedThread> threads) {
    return new SavedSession(
        token, address, port, receiver, pid, startTicks, bootId, stopped, verify, pages, threads);
  }

  SavedSession withoutVerification() {
    return new SavedSession(
        token, address, port, receiver, pid, startTicks, bootId, stopped, false, pages, parked);
  }

  private static long startTicksOf(int pid) {
    return ProcessStat.parse(ProcFs.read(pid, "stat")).startTicks();
  }

  /** Returns whether the process is still there. */
  boolean isThere() {
    try {
      return bootId.equals(HostIdentity.thisBootId()) && startTicksOf(pid) == startTicks;
    } catch (SystemCallException e) {
      return false;
    }
  }

  /** Returns whether the process does not run: a sender freezes it, or has left it stopped. */
  boolean holds() {
    if (!parked.isEmpty()) {
      return true;
    }
    ProcessStatus status = AttachedProcess.settled(pid);
    return status.tracerPid() != 0 || AttachedProcess.isHeld(status);
  }

  SessionToken sessionToken() {
    return SessionToken.of(token);
  }

  InetSocketAddress destination() {
    try {
      return new InetSocketAddress(InetAddress.getByName(address), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("receiver address '" + address + "'", e);
    }
  }

  /** The token is a secret: this shows its first bytes. */
  @Override
  public String toString() {
    return "session " + sessionToken() + " of process " + pid + " to " + address + ":" + port;
  }
}
