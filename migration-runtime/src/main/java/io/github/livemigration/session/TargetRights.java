package io.github.livemigration.session;

import io.github.livemigration.capture.IdentityReader;
import io.github.livemigration.image.Credentials;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStat;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.SystemCallException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a running target has that not every receiver can give.
 *
 * @param identities of its threads, each once, without the secure bits, which only a thread itself
 *     can tell
 * @param lowestNice nice value of its most favoured thread
 * @param realTime whether a thread has a real-time policy
 */
public record TargetRights(List<Credentials> identities, int lowestNice, boolean realTime) {
  private static final int LARGEST_NICE = 19;

  public TargetRights {
    identities = List.copyOf(identities);
  }

  static TargetRights of(int pid) {
    Set<Credentials> identities = new LinkedHashSet<>();
    int lowestNice = LARGEST_NICE;
    boolean realTime = false;
    for (int tid : ProcFs.threads(pid)) {
      try {
        ProcessStatus status = ProcessStatus.parse(ProcFs.read(pid, "task/" + tid + "/status"));
        identities.add(IdentityReader.read(status, 0));
        ProcessStat stat = ProcessStat.parse(ProcFs.read(pid, "task/" + tid + "/stat"));
        lowestNice = Math.min(lowestNice, stat.nice());
        realTime |= stat.rtPriority() > 0;
      } catch (SystemCallException e) {
        // A thread that has ended since it was listed.
      }
    }
    return new TargetRights(List.copyOf(identities), lowestNice, realTime);
  }
}
