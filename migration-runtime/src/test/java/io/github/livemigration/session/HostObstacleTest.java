package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.image.HostKind;
import io.github.livemigration.image.HugePageNeed;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ProcessKind;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a destination answers to a proposal that it cannot take. */
class HostObstacleTest {
  private static final int MOST_MEBIBYTES = 1 << 30;

  @Test
  void everyReasonIsNamedAtOnce() throws IOException {
    MigrationProposal proposal = impossible(List.of(new HugePageNeed(1 << 29, 1)));

    List<Obstacle> obstacles = Answerer.answer(proposal, ReceiverPolicy.everything()).obstacles();

    assertThat(obstacles)
        .extracting(Obstacle::kind)
        .containsExactlyInAnyOrder(
            HostKind.PID_ONE.id(),
            HostKind.PROCESSOR.id(),
            HostKind.PROCESSOR.id(),
            HostKind.KERNEL.id(),
            HostKind.MEMORY.id(),
            MemoryKind.HUGE_PAGES.id(),
            HostKind.MAPPINGS.id(),
            HostKind.THREADS.id(),
            ProcessKind.WORKING_DIRECTORY.id(),
            ProcessKind.ROOT_DIRECTORY.id(),
            DescriptorKind.FILE.id());
    assertThat(obstacles)
        .extracting(Obstacle::what)
        .contains(
            "processor features crystal_ball", "processor of ExoticElectrons", "/nowhere/at/all");
  }

  @Test
  void proposalWithMoreSizesOfHugePagesThanThereAreIsRefused() {
    List<HugePageNeed> needs = Collections.nCopies(1 << 20, new HugePageNeed(1 << 21, 1));

    assertThatIllegalArgumentException()
        .isThrownBy(() -> impossible(needs))
        .withMessageContaining("1048576 sizes of huge pages");
  }

  private static MigrationProposal impossible(List<HugePageNeed> hugePages) {
    return new MigrationProposal(
        1,
        "giant",
        Integer.MAX_VALUE,
        Integer.MAX_VALUE,
        (long) MOST_MEBIBYTES << 20,
        hugePages,
        false,
        new HostIdentity("another boot", "ExoticElectrons", List.of("crystal_ball")),
        new TargetClocks(0, 0, 0, 0),
        new byte[32],
        new TargetRights(List.of(), 0, false),
        true,
        new FileSystemContext("/nowhere/to/work", false, "/nowhere/to/live", 0),
        List.of(),
        List.of("/", "/nowhere/at/all"));
  }
}
