package io.github.livemigration.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.TypeConversionException;

/**
 * Finds the receiver where none was named: {@code receiver_info.txt} in the working directory holds
 * an address, white space and a port. Where it is missing or cannot be read, the defaults count.
 */
final class ReceiverInfo {
  static final String FILE = "receiver_info.txt";
  static final String DEFAULT_HOST = "127.0.0.1";
  static final int DEFAULT_PORT = 43_000;

  private ReceiverInfo() {}

  static InetSocketAddress find(Path directory) {
    InetSocketAddress defaults =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), DEFAULT_PORT);
    try {
      String[] words = Files.readString(directory.resolve(FILE)).strip().split("\\s+");
      return words.length < 2 ? defaults : HostAndPort.address(words[0], words[1]);
    } catch (IOException | TypeConversionException e) {
      return defaults;
    }
  }
}
