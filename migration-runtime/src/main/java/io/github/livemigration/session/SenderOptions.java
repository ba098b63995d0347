package io.github.livemigration.session;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * How a process is to be moved.
 *
 * @param destination where the receiver listens
 * @param verify whether to compare the content of every page by checksum at the end
 * @param connectTimeout for each connection
 * @param replyTimeout for each answer of the receiver before the process has moved
 */
public record SenderOptions(
    InetSocketAddress destination, boolean verify, Duration connectTimeout, Duration replyTimeout) {

  /** Returns usual time limits. */
  public static SenderOptions to(InetSocketAddress destination) {
    return new SenderOptions(destination, false, Duration.ofSeconds(10), Duration.ofSeconds(30));
  }

  /** Returns the same with another choice of verification. */
  public SenderOptions withVerify(boolean choice) {
    return new SenderOptions(destination, choice, connectTimeout, replyTimeout);
  }
}
