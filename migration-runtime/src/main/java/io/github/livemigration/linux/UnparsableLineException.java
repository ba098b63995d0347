package io.github.livemigration.linux;

/** Text of the kernel does not look as expected; the message quotes it. */
public final class UnparsableLineException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int QUOTE_LIMIT = 500;

  /**
   * Quote a line.
   *
   * @param what the kind of text, such as {@code smaps}
   * @param line the line as it was read
   */
  public UnparsableLineException(String what, String line) {
    super(what + ": cannot parse \"" + quote(line) + "\"");
  }

  private static String quote(String line) {
    return line.length() <= QUOTE_LIMIT ? line : line.substring(0, QUOTE_LIMIT) + "…";
  }
}
