package io.github.livemigration.linux;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One watch of an inotify instance, as {@code /proc/PID/fdinfo} shows it.
 *
 * @param watch its number
 * @param device that holds the file, as {@code major << 32 | minor}
 * @param mask of the events asked for
 * @param file by which the kernel finds the file again
 * @see <a
 *     href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
 */
public record InotifyEntry(int watch, long device, int mask, FileHandle file) {
  private static final Pattern LINE =
      Pattern.compile(
          "inotify wd:([0-9a-f]{1,7}) ino:[0-9a-f]+ sdev:([0-9a-f]{1,8}) mask:([0-9a-f]{1,8})"
              + " .*fhandle-type:([0-9a-f]{1,8}) f_handle:((?:[0-9a-f]{2}){1,128})\\b.*");
  private static final int HEXADECIMAL = 16;
  private static final int MINOR_BITS = 20;

  /**
   * Parse the lines of an inotify instance that are not common to all descriptors.
   *
   * @throws UnparsableLineException for a line of another form, as of a file that has no handle
   */
  public static List<InotifyEntry> parse(List<String> lines) {
    List<InotifyEntry> entries = new ArrayList<>();
    for (String line : lines) {
      Matcher matcher = LINE.matcher(line);
      if (!matcher.matches()) {
        throw new UnparsableLineException("fdinfo of an inotify instance", line);
      }
      long device = Long.parseLong(matcher.group(2), HEXADECIMAL);
      entries.add(
          new InotifyEntry(
              Integer.parseInt(matcher.group(1), HEXADECIMAL),
              ((device >> MINOR_BITS) << Integer.SIZE) | (device & ((1 << MINOR_BITS) - 1)),
              Integer.parseUnsignedInt(matcher.group(3), HEXADECIMAL),
              new FileHandle(
                  Integer.parseUnsignedInt(matcher.group(4), HEXADECIMAL),
                  HexFormat.of().parseHex(matcher.group(5)))));
    }
    return entries;
  }
}
