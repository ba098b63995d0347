package io.github.livemigration.session;

import io.github.livemigration.image.Credentials;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.SelfProcess;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What the receiver of an ordinary user cannot give to a process. */
final class OrdinaryReceiver {
  private OrdinaryReceiver() {}

  /** Returns what of the target cannot be kept here. */
  static List<Obstacle> obstacles(TargetRights target) {
    TargetRights own = TargetRights.of(SelfProcess.pid());
    return obstacles(target, own.identities().get(0), own.lowestNice());
  }

  static List<Obstacle> obstacles(TargetRights target, Credentials own, int ownNice) {
    Set<Obstacle> obstacles = new LinkedHashSet<>();
    for (Credentials wanted : target.identities()) {
      check("user ids", wanted.userIds(), own.userIds(), obstacles);
      check("group ids", wanted.groupIds(), own.groupIds(), obstacles);
      check("groups", wanted.supplementaryGroups(), own.supplementaryGroups(), obstacles);
      long capabilities = wanted.permitted() | wanted.inheritable() | wanted.ambient();
      if (capabilities != 0) {
        obstacles.add(
            ProcessKind.CREDENTIALS.at(
                "capabilities %#x".formatted(capabilities),
                "the receiver is not root and has none to give"));
      }
    }
    if (target.lowestNice() < ownNice) {
      obstacles.add(
          ThreadKind.SCHEDULING.at(
              "nice value " + target.lowestNice(),
              "the receiver is not root and has %d itself".formatted(ownNice)));
    }
    if (target.realTime()) {
      obstacles.add(
          ThreadKind.SCHEDULING.at("real-time policy", "the receiver is not root to give it"));
    }
    return List.copyOf(obstacles);
  }

  private static void check(
      String name, List<Integer> wanted, List<Integer> own, Set<Obstacle> obstacles) {
    if (!wanted.equals(own)) {
      obstacles.add(
          ProcessKind.CREDENTIALS.at(
              name + " " + wanted, "the receiver is not root and can give only its own, " + own));
    }
  }
}
