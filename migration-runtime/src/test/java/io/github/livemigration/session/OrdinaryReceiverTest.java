package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.Credentials;
import io.github.livemigration.image.Obstacle;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the receiver of an ordinary user answers to a target that has more than it can give. */
class OrdinaryReceiverTest {
  private static final Credentials OWN = identity(1000, 0, 24, 27);

  @Test
  void targetOfTheSameUserIsWelcome() {
    assertThat(whats(new TargetRights(List.of(OWN), 5, false), 5)).isEmpty();
  }

  @Test
  void eachThingThatCannotBeGivenIsNamedOnce() {
    TargetRights target =
        new TargetRights(List.of(identity(1001, 1 << 10, 24), identity(1001, 0, 24)), -1, true);

    assertThat(whats(target, 0))
        .containsExactly(
            "user ids [1001, 1001, 1001, 1001]",
            "group ids [1001, 1001, 1001, 1001]",
            "groups [24]",
            "capabilities 0x400",
            "nice value -1",
            "real-time policy");
  }

  private static List<String> whats(TargetRights target, int ownNice) {
    return OrdinaryReceiver.obstacles(target, OWN, ownNice).stream().map(Obstacle::what).toList();
  }

  private static Credentials identity(int id, long permitted, Integer... groups) {
    List<Integer> ids = List.of(id, id, id, id);
    return new Credentials(ids, ids, List.of(groups), 0, permitted, permitted, -1, 0, 0, false);
  }
}
