package io.github.livemigration.linux;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * What {@code /proc/PID/fdinfo/N} says.
 *
 * @param position offset of the open file
 * @param flags of the open file, and {@link OpenFlags#CLOEXEC} of the descriptor
 * @param mountId the mount that the file is on
 * @param inode of the file; empty before Linux 5.14
 * @param lockLines locks held through it, as printed after {@code lock:}, in the order printed
 * @param otherLines everything else, such as the timers of a timerfd, in the order printed
 * @see <a
 *     href="https://man7.org/linux/man-pages/man5/proc_pid_fdinfo.5.html">proc_pid_fdinfo(5)</a>
 */
public record FdInfo(
    long position,
    int flags,
    int mountId,
    OptionalLong inode,
    List<String> lockLines,
    List<String> otherLines) {
  private static final String LOCK = "lock:";

  /** Whether locks are held through the descriptor. */
  public boolean hasLocks() {
    return !lockLines.isEmpty();
  }

  /** Whether the descriptor is closed on exec. */
  public boolean closeOnExec() {
    return (flags & OpenFlags.CLOEXEC) != 0;
  }

  /** Returns a number among the other lines, printed in decimal. */
  public long decimal(String key) {
    return others().decimal(key);
  }

  /** Returns 64 bits among the other lines, printed in hexadecimal. */
  public long bits(String key) {
    return others().bits(key);
  }

  /** Returns flags among the other lines, printed in octal. */
  public int octal(String key) {
    return others().octal(key);
  }

  private KeyedLines others() {
    return KeyedLines.parse("fdinfo", String.join("\n", otherLines));
  }

  /**
   * Parse the whole text of a file.
   *
   * @throws UnparsableLineException when a line is missing or wrong
   */
  public static FdInfo parse(byte[] text) {
    StringBuilder known = new StringBuilder();
    List<String> locks = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String line : new String(text, StandardCharsets.UTF_8).lines().toList()) {
      if (line.startsWith(LOCK)) {
        locks.add(line.substring(LOCK.length()).strip());
      } else if (line.startsWith("pos:")
          || line.startsWith("flags:")
          || line.startsWith("mnt_id:")
          || line.startsWith("ino:")) {
        known.append(line).append('\n');
      } else {
        others.add(line);
      }
    }
    KeyedLines lines = KeyedLines.parse("fdinfo", known.toString());
    return new FdInfo(
        lines.decimal("pos"),
        lines.octal("flags"),
        lines.integer("mnt_id"),
        lines.has("ino") ? OptionalLong.of(lines.decimal("ino")) : OptionalLong.empty(),
        List.copyOf(locks),
        List.copyOf(others));
  }
}
