package io.github.livemigration.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One entry of the interest list of an epoll instance, as {@code /proc/PID/fdinfo} shows it.
 *
 * @param target the descriptor's number when it was added; it may be closed or another file by now
 * @param events asked for, {@code EPOLLONESHOT} and the like among them
 * @param data that comes with each event
 * @see <a
 *     href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
 */
public record EpollEntry(int target, int events, long data) {
  private static final Pattern LINE =
      Pattern.compile("tfd: *(\\d{1,9}) events: *([0-9a-f]{1,8}) data: *([0-9a-f]{1,16})\\b.*");

  /**
   * Parse the lines of an epoll instance that are not common to all descriptors.
   *
   * @throws UnparsableLineException for a line of another form
   */
  public static List<EpollEntry> parse(List<String> lines) {
    List<EpollEntry> entries = new ArrayList<>();
    for (String line : lines) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new UnparsableLineException("fdinfo of an epoll instance", line);
      }
      entries.add(
          new EpollEntry(
              Integer.parseInt(matcher.group(1)),
              Integer.parseUnsignedInt(matcher.group(2), 16),
              Long.parseUnsignedLong(matcher.group(3), 16)));
    }
    return entries;
  }
}
