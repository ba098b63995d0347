package io.github.livemigration.session;

import io.github.livemigration.simulation.Network;
import io.github.livemigration.simulation.Program;
import io.github.livemigration.simulation.Scheduler;
import io.github.livemigration.simulation.Weather;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The product's receiver, started again after each death; then it knows what it has noted. */
final class SimulatedReceiver implements Weather.Host {
  static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 43_000);

  private Program program = new Program("no receiver");
  private final ReceiverOptions options;
  private int starts;

  /**
   * Prepare.
   *
   * @param options without a folder for its state it knows nothing after a death
   */
  SimulatedReceiver(ReceiverOptions options) {
    this.options = options;
  }

  @Override
  public void start() {
    Network.the().unlisten(ADDRESS);
    program = new Program("receiver");
    starts++;
    Scheduler.the().spawn("receiver", program, this::listen).join();
  }

  private void listen() {
    try {
      Receiver.bind(options, new ReceiverListener() {}).open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Program program() {
    return program;
  }

  /** Returns whether it knows its sessions after a death. */
  boolean remembers() {
    return options.stateFolder().isPresent();
  }

  /** Returns how often it was started. */
  int starts() {
    return starts;
  }
}
