package io.github.livemigration.session;

import io.github.livemigration.wire.TlsKeys;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a receiver listens.
 *
 * @param address to bind; port 0 lets the kernel choose
 * @param timeouts how long it waits for senders
 * @param endWithReceiver whether processes that have moved here are killed when the receiver ends
 * @param keys for connections under TLS; without them connections are in the clear
 * @param policy whom it admits, and what
 * @param stateFolder where sessions are noted, so that a receiver that is started after this one
 *     has died can take them up; without it none are
 */
public record ReceiverOptions(
    InetSocketAddress address,
    Timeouts timeouts,
    boolean endWithReceiver,
    Optional<TlsKeys> keys,
    ReceiverPolicy policy,
    Optional<Path> stateFolder) {

  /** Returns usual time limits, no keys, and a policy that admits everything. */
  public static ReceiverOptions on(InetSocketAddress address) {
    return new ReceiverOptions(
        address,
        Timeouts.usual(),
        false,
        Optional.empty(),
        ReceiverPolicy.everything(),
        Optional.empty());
  }

  /** Returns the same with other time limits. */
  public ReceiverOptions withTimeouts(Timeouts choice) {
    return new ReceiverOptions(address, choice, endWithReceiver, keys, policy, stateFolder);
  }

  /** Returns the same with another choice of what the receiver's end means to processes. */
  public ReceiverOptions withEndWithReceiver(boolean choice) {
    return new ReceiverOptions(address, timeouts, choice, keys, policy, stateFolder);
  }

  /** Returns the same with keys. */
  public ReceiverOptions withKeys(TlsKeys choice) {
    return new ReceiverOptions(
        address, timeouts, endWithReceiver, Optional.of(choice), policy, stateFolder);
  }

  /** Returns the same with another policy. */
  public ReceiverOptions withPolicy(ReceiverPolicy choice) {
    return new ReceiverOptions(address, timeouts, endWithReceiver, keys, choice, stateFolder);
  }

  /** Returns the same with a folder in which sessions are noted. */
  public ReceiverOptions withStateFolder(Path choice) {
    return new ReceiverOptions(
        address, timeouts, endWithReceiver, keys, policy, Optional.of(choice));
  }
}
