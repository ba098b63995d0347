package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.image.HostKind;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.wire.PeerIdentity;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a receiver admits, by the proposal of a sender; {@code TlsIT} has the image. */
class ReceiverPolicyTest {
  private static final String FINGERPRINT = "ab".repeat(32);

  @Test
  void everyLimitIsNamed() {
    ReceiverPolicy policy =
        new ReceiverPolicy(Set.of(), Set.of(), 1 << 20, 3, List.of(Path.of("/srv")));

    List<Obstacle> obstacles =
        policy.obstacles(proposal(4, 2 << 20, "/srv/file", "/srv/../etc/passwd", "/srvx"));

    assertThat(obstacles).extracting(Obstacle::kind).containsOnly(HostKind.POLICY.id());
    assertThat(obstacles)
        .extracting(Obstacle::what)
        .containsExactly("4 threads", "2097152 bytes", "/srv/../etc/passwd", "/srvx");
  }

  @Test
  void pathThatNoProcessShowsIsRefused() {
    ReceiverPolicy policy =
        new ReceiverPolicy(Set.of(), Set.of(), 1 << 20, 3, List.of(Path.of("/srv")));
    String aboveALink = "/srv/link/../file"; // Somewhere else if it leads elsewhere.

    List<Obstacle> obstacles =
        policy.obstacles(proposal(1, 1, "/srv/file", "/srv/a\0b", aboveALink));

    assertThat(obstacles).extracting(Obstacle::what).containsExactly("/srv/a\0b", aboveALink);
  }

  @Test
  void whatIsWithinTheLimitsIsAdmitted() {
    ReceiverPolicy policy =
        new ReceiverPolicy(Set.of(), Set.of(), 1 << 20, 3, List.of(Path.of("/srv")));

    assertThat(policy.obstacles(proposal(3, 1 << 20, "/srv/file"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "CN=source, true",
    "CN=sourc, false",
    "abababababababababababababababababababababababababababababababab, true",
    "AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB, true",
    "abab, false",
  })
  void sendersAreNamedBySubjectOrFingerprint(String name, boolean admitted) {
    PeerIdentity sender = new PeerIdentity("CN=source", FINGERPRINT, Instant.MIN, Instant.MAX);
    ReceiverPolicy policy = new ReceiverPolicy(Set.of(name), Set.of(), 1, 1, List.of());

    assertThat(policy.admits(sender)).isEqualTo(admitted);
  }

  private static MigrationProposal proposal(int threads, long bytes, String... paths) {
    return new MigrationProposal(
        2,
        "program",
        threads,
        1,
        bytes,
        List.of(),
        false,
        new HostIdentity("boot", "", List.of()),
        new TargetClocks(0, 0, 0, 0),
        new byte[32],
        new TargetRights(List.of(), 0, false),
        false,
        new FileSystemContext(paths.length == 0 ? "/" : paths[0], false, "/", 0),
        List.of(),
        List.of(paths));
  }
}
