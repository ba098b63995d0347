package io.github.livemigration.linux;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * What {@code /proc/PID/status} or {@code /proc/PID/task/TID/status} says.
 *
 * <p>Sets of signals have bit n-1 for signal n, sets of capabilities bit n for capability n.
 *
 * @param name of the thread, a character for each byte, see {@link #displayName}; the kernel's
 *     escapes for newline and backslash are undone
 * @param umask of new files; -1 for a process that has ended
 * @param state letter, such as S or T
 * @param tgid pid of the process
 * @param pid tid of the thread
 * @param ppid pid of the parent
 * @param tracerPid of the tracing thread; 0 for none
 * @param uids real, effective, saved, file system
 * @param gids real, effective, saved, file system
 * @param groups supplementary
 * @param nsTgids pid of the process in each PID namespace, the reader's first
 * @param nsPids tid in each PID namespace, the reader's first
 * @param threads number of threads
 * @param sigPending for the thread
 * @param shdPending for the process
 * @param sigBlocked by the thread
 * @param sigIgnored by the process
 * @param sigCaught by the process
 * @param capInh inheritable capabilities
 * @param capPrm permitted capabilities
 * @param capEff effective capabilities
 * @param capBnd capability bounding set
 * @param capAmb ambient capabilities
 * @param noNewPrivs whether exec gives no privileges
 * @param seccomp 0 none, 1 strict, 2 filter
 * @param untagMask bits of addresses that count; all but the tags
 * @param kernelThread whether it is one; also {@code false} before Linux 6.8, which does not say:
 *     see {@link ProcessStat#isKernelThread}
 * @see <a
 *     href="https://man7.org/linux/man-pages/man5/proc_pid_status.5.html">proc_pid_status(5)</a>
 */
public record ProcessStatus(
    String name,
    int umask,
    char state,
    int tgid,
    int pid,
    int ppid,
    int tracerPid,
    List<Integer> uids,
    List<Integer> gids,
    List<Integer> groups,
    List<Integer> nsTgids,
    List<Integer> nsPids,
    int threads,
    long sigPending,
    long shdPending,
    long sigBlocked,
    long sigIgnored,
    long sigCaught,
    long capInh,
    long capPrm,
    long capEff,
    long capBnd,
    long capAmb,
    boolean noNewPrivs,
    int seccomp,
    long untagMask,
    boolean kernelThread) {
  private static final int ID_COUNT = 4;

  /**
   * Parse the whole text of a file.
   *
   * @throws UnparsableLineException when a line is missing or wrong
   */
  public static ProcessStatus parse(byte[] text) {
    KeyedLines lines = KeyedLines.parse("status", new String(text, StandardCharsets.ISO_8859_1));
    String state = lines.text("State");
    if (state.isEmpty()) {
      throw new UnparsableLineException("status", "State:" + state);
    }
    return new ProcessStatus(
        unescape(lines.raw("Name")),
        lines.has("Umask") ? lines.octal("Umask") : -1,
        state.charAt(0),
        lines.integer("Tgid"),
        lines.integer("Pid"),
        lines.integer("PPid"),
        lines.integer("TracerPid"),
        ids(lines, "Uid"),
        ids(lines, "Gid"),
        list(lines.integers("Groups")),
        list(lines.integers("NStgid")),
        list(lines.integers("NSpid")),
        lines.integer("Threads"),
        lines.bits("SigPnd"),
        lines.bits("ShdPnd"),
        lines.bits("SigBlk"),
        lines.bits("SigIgn"),
        lines.bits("SigCgt"),
        lines.bits("CapInh"),
        lines.bits("CapPrm"),
        lines.bits("CapEff"),
        lines.bits("CapBnd"),
        lines.bits("CapAmb"),
        lines.integer("NoNewPrivs") != 0,
        lines.integer("Seccomp"),
        lines.has("untag_mask") ? lines.bits("untag_mask") : -1,
        lines.has("Kthread") && lines.integer("Kthread") != 0);
  }

  /** Returns the name for people; programs choose its bytes, mostly in UTF-8. */
  public String displayName() {
    return new String(name.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  private static List<Integer> ids(KeyedLines lines, String key) {
    int[] ids = lines.integers(key);
    if (ids.length != ID_COUNT) {
      throw new UnparsableLineException("status", key + ":" + lines.raw(key));
    }
    return list(ids);
  }

  private static List<Integer> list(int[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  private static String unescape(String name) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char letter = name.charAt(i);
      if (letter == '\\' && i + 1 < name.length()) {
        i++;
        letter = name.charAt(i) == 'n' ? '\n' : name.charAt(i);
      }
      plain.append(letter);
    }
    return plain.toString();
  }
}
