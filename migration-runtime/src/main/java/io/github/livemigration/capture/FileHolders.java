package io.github.livemigration.capture;

import io.github.livemigration.linux.Kcmp;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which files without a path other processes hold, too. After a move both would have one
 * each, where they had one together.
 *
 * <p>Looks at the other processes once, when first asked.
 */
final class FileHolders {
  private final int pid;
  private final OtherProcesses others;
  private Set<Integer> looked = Set.of();
  private @Nullable Map<String, List<Holder>> byLink;

  /** A descriptor of another process. */
  private record Holder(int pid, int number) {}

  /**
   * Prepare to look.
   *
   * @param others those that are known to hold nothing of the process
   */
  FileHolders(int pid, OtherProcesses others) {
    this.pid = pid;
    this.others = others;
  }

  /**
   * Returns another process, of those that this one may look at, that holds an end of the pipe, or
   * the same open file of another kind.
   */
  OptionalInt holderOf(OpenedDescriptor file) {
    return links().getOrDefault(file.link(), List.of()).stream()
        .filter(holder -> file.isPipe() || isSame(file, holder))
        .mapToInt(Holder::pid)
        .findFirst();
  }

  /** Returns the processes of which it is known now what they hold. */
  OtherProcesses looked() {
    return others.and(looked);
  }

  /**
   * The kernel calls all files of a kind by one name, {@code anon_inode:[eventfd]} for instance.
   */
  private boolean isSame(OpenedDescriptor file, Holder holder) {
    try {
      return Kcmp.sameFile(pid, file.number(), holder.pid(), holder.number());
    } catch (SystemCallException e) {
      return false; // Gone or closed, or not ours to compare.
    }
  }

  private Map<String, List<Holder>> links() {
    Map<String, List<Holder>> links = byLink;
    if (links == null) {
      links = new HashMap<>();
      looked = others.unknown();
      for (int other : looked) {
        addLinksOf(other, links);
      }
      byLink = links;
    }
    return links;
  }

  private static void addLinksOf(int other, Map<String, List<Holder>> links) {
    try {
      for (int number : ProcFs.descriptors(other)) {
        String link = linkOf(other, number);
        if (link.startsWith("pipe:") || link.startsWith("anon_inode:")) {
          links.computeIfAbsent(link, first -> new ArrayList<>()).add(new Holder(other, number));
        }
      }
    } catch (SystemCallException e) {
      // Gone, or not ours to look at.
    }
  }

  private static String linkOf(int pid, int descriptor) {
    try {
      return ProcFs.readLink(pid, "fd/" + descriptor);
    } catch (SystemCallException e) {
      return ""; // Closed since it was listed.
    }
  }
}
