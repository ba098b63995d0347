package io.github.livemigration.session;

import io.github.livemigration.linux.ProcFs;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What the kernel tells of a process that only the process itself changes.
 *
 * @param mappings all of them
 * @param descriptors with what they lead to, flags and offset, by number
 * @param status signals that are blocked, ignored, caught and pending, identity, number of threads
 */
record UntouchedState(
    List<String> mappings, Map<Integer, String> descriptors, List<String> status) {
  private static final Pattern OWN =
      Pattern.compile("(Sig[PBIC]|ShdPnd|Threads|Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp).*");

  /** Look at a process that runs, but for the offset of what it prints to. */
  static UntouchedState of(int pid) throws IOException {
    Map<Integer, String> descriptors = new TreeMap<>();
    try (DirectoryStream<Path> links = Files.newDirectoryStream(Path.of("/proc/" + pid + "/fd"))) {
      for (Path link : links) {
        int number = Integer.parseInt(link.getFileName().toString());
        String info = ProcFs.readText(pid, "fdinfo/" + number);
        descriptors.put(
            number,
            Files.readSymbolicLink(link)
                + "\n"
                + (number == 1 || number == 2 ? info.replaceFirst("pos:.*\n", "") : info));
      }
    }
    return new UntouchedState(
        ProcFs.readText(pid, "maps").lines().toList(),
        descriptors,
        ProcFs.readText(pid, "status").lines().filter(OWN.asMatchPredicate()).toList());
  }
}
