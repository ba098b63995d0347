package io.github.livemigration.session;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How a receiver listens.
 *
 * @param address to bind; port 0 lets the kernel choose
 * @param handshakeTimeout for the first frame of a connection and for the page connections of a
 *     session
 * @param stepTimeout for each frame of the sender before the target runs
 * @param endWithReceiver whether processes that have moved here are killed when the receiver ends
 */
public record ReceiverOptions(
    InetSocketAddress address,
    Duration handshakeTimeout,
    Duration stepTimeout,
    boolean endWithReceiver) {

  /** Returns usual time limits. */
  public static ReceiverOptions on(InetSocketAddress address) {
    return new ReceiverOptions(address, Duration.ofSeconds(10), Duration.ofSeconds(60), false);
  }

  /** Returns the same with another choice of what the receiver's end means to processes. */
  public ReceiverOptions withEndWithReceiver(boolean choice) {
    return new ReceiverOptions(address, handshakeTimeout, stepTimeout, choice);
  }
}
