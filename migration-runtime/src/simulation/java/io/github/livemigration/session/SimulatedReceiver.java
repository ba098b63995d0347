package io.github.livemigration.session;

import io.github.livemigration.simulation.Network;
import io.github.livemigration.simulation.Program;
import io.github.livemigration.simulation.Scheduler;
import io.github.livemigration.simulation.Weather;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** The product's receiver, started again after each death; then it knows nothing. */
final class SimulatedReceiver implements Weather.Host {
  static final InetSocketAddress ADDRESS =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 43_000);

  private Program program = new Program("no receiver");
  private int starts;

  @Override
  public void start() {
    Network.the().unlisten(ADDRESS);
    program = new Program("receiver");
    starts++;
    Scheduler.the().spawn("receiver", program, SimulatedReceiver::listen).join();
  }

  private static void listen() {
    try {
      Receiver.bind(ReceiverOptions.on(ADDRESS), new ReceiverListener() {}).open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Program program() {
    return program;
  }

  /** Returns how often it was started. */
  int starts() {
    return starts;
  }
}
