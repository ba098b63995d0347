package io.github.livemigration.linux;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A mapping as {@code /proc/PID/numa_maps} shows it.
 *
 * @param start its first address
 * @param policy in the kernel's words, for example {@code bind=static:0-1}
 * @see <a href="https://man7.org/linux/man-pages/man7/numa.7.html">numa(7)</a>
 */
public record NumaMap(long start, String policy) {
  /** Two names of policies have a space in them. */
  private static final Pattern LINE =
      Pattern.compile(
          "([0-9a-f]{1,16}) (weighted interleave\\S*|prefer \\(many\\)\\S*|\\S+)( .*)?");

  /** Parse the whole text of the file. */
  public static List<NumaMap> parse(String text) {
    return text.lines().map(NumaMap::parseLine).toList();
  }

  private static NumaMap parseLine(String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new UnparsableLineException("numa_maps", line);
    }
    return new NumaMap(Long.parseUnsignedLong(matcher.group(1), 16), matcher.group(2));
  }
}
