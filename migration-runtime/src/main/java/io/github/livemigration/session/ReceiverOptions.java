package io.github.livemigration.session;

import java.net.InetSocketAddress;

/**
 * How a receiver listens.
 *
 * @param address to bind; port 0 lets the kernel choose
 * @param timeouts how long it waits for senders
 * @param endWithReceiver whether processes that have moved here are killed when the receiver ends
 */
public record ReceiverOptions(
    InetSocketAddress address, Timeouts timeouts, boolean endWithReceiver) {

  /** Returns usual time limits. */
  public static ReceiverOptions on(InetSocketAddress address) {
    return new ReceiverOptions(address, Timeouts.usual(), false);
  }

  /** Returns the same with other time limits. */
  public ReceiverOptions withTimeouts(Timeouts choice) {
    return new ReceiverOptions(address, choice, endWithReceiver);
  }

  /** Returns the same with another choice of what the receiver's end means to processes. */
  public ReceiverOptions withEndWithReceiver(boolean choice) {
    return new ReceiverOptions(address, timeouts, choice);
  }
}
