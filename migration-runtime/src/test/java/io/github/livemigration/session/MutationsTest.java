package io.github.livemigration.session;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.HostKind;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.image.StateKind;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.image.Treatment;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Each kind that is carried has a mutation, or a reason to have none. */
class MutationsTest {
  private static final String NOT_IN_THE_IMAGE = "it is compared, not carried in the image";
  private static final String NO_MIGRATION = "without it there is no process, or another one";

  private static final Map<StateKind, String> WITHOUT =
      Map.ofEntries(
          Map.entry(ProcessKind.PID, NO_MIGRATION),
          Map.entry(ThreadKind.COUNT, NO_MIGRATION),
          Map.entry(MemoryKind.KERNEL_PAGES, NO_MIGRATION),
          Map.entry(ProcessKind.ROOT_DIRECTORY, "a chroot of its own has no interpreter: PlaceIT"),
          Map.entry(ProcessKind.STOPPED, "a stopped program does not look: StoppedProcessIT"),
          Map.entry(ProcessKind.MOUNT_NAMESPACE, NOT_IN_THE_IMAGE),
          Map.entry(ProcessKind.USER_NAMESPACE, "it is the receiver's: RootlessIT"),
          Map.entry(ProcessKind.FIRST_THREAD_ENDED, "it shows in the end only: FirstThreadEndedIT"),
          Map.entry(ThreadKind.SYSTEM_CALL, "it is a register: InterruptedCallsIT"),
          Map.entry(ThreadKind.ANONYMOUS_SYSTEM_CALL, "it is a register: InterruptedCallsIT"),
          Map.entry(DescriptorKind.STANDARD_STREAM, "without it the program reports nothing"),
          Map.entry(HostKind.CLOCKS, "it is in the proposal: TimeNamespaceIT"));

  @Test
  void everyCarriedKindHasAMutationOrAReason() {
    Set<StateKind> mutated = Mutations.all().stream().map(Mutation::kind).collect(toSet());
    Set<StateKind> carried =
        StateKind.all().stream().filter(MutationsTest::isCarried).collect(toSet());
    carried.removeAll(WITHOUT.keySet());

    assertThat(mutated).as("kinds that can be lost").containsAll(carried);
    assertThat(mutated)
        .as("kinds with a reason not to")
        .doesNotContainAnyElementsOf(WITHOUT.keySet());
  }

  /** Conditions of the host are compared beforehand. */
  private static boolean isCarried(StateKind kind) {
    Treatment treatment = kind.facts().treatment();
    return treatment == Treatment.CARRIED
        || (treatment == Treatment.CONDITIONAL && !(kind instanceof HostKind));
  }
}
