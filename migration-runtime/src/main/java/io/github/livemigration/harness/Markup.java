package io.github.livemigration.harness;

/** Text inside XML and HTML. */
final class Markup {

  private Markup() {}

  /** The text with what has a meaning in markup escaped, and what XML does not allow replaced. */
  static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            character -> {
              switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(allowed(character) ? character : 0xFFFD);
              }
            });
    return escaped.toString();
  }

  private static boolean allowed(int character) {
    return (character >= 0x20 && character < 0xD800)
        || character == '\n'
        || character == '\t'
        || character == '\r'
        || (character >= 0xE000 && character != 0xFFFE && character != 0xFFFF);
  }
}
