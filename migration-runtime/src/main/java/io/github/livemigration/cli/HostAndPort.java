package io.github.livemigration.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads HOST:PORT, or [IPv6]:PORT. */
final class HostAndPort implements ITypeConverter<InetSocketAddress> {
  private static final int MAX_PORT = 65_535;

  @Override
  public InetSocketAddress convert(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new TypeConversionException("'" + text + "' is not HOST:PORT");
    }
    String host = text.substring(0, colon).replaceAll("^\\[|]$", "");
    return address(host, text.substring(colon + 1));
  }

  /**
   * Returns the address.
   *
   * @param port decimal, 1 to 65535
   * @throws TypeConversionException in the user's words
   */
  static InetSocketAddress address(String host, String port) {
    int number;
    try {
      number = Integer.parseInt(port);
    } catch (NumberFormatException e) {
      number = -1;
    }
    if (number < 1 || number > MAX_PORT) {
      throw new TypeConversionException("'" + port + "' is not a port (1 to 65535)");
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), number);
    } catch (UnknownHostException e) {
      throw new TypeConversionException("host '" + host + "' is unknown");
    }
  }
}
