package io.github.livemigration.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import io.github.livemigration.linux.SelfProcess;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Mappings that a test cannot have at will. */
class MappingClassifierTest {
  @Test
  void memoryOfADeviceIsRefused() {
    assertThat(
            obstacles("7f0000000000-7f0000001000 rw-s 00000000 00:05 7 /dev/x", "rd wr sh io pf"))
        .containsExactly(MemoryKind.DEVICE.at("mapping 0x7f0000000000-0x7f0000001000 /dev/x"));
  }

  @Test
  void sharedMappingThatCannotBeLookedAtIsRefused() {
    assertThat(obstacles("7f0000000000-7f0000001000 rw-s 00000000 00:05 7 /tmp/x", "rd wr sh mw"))
        .singleElement()
        .matches(obstacle -> obstacle.kind().equals(MemoryKind.UNREADABLE_FILE.id()))
        .matches(obstacle -> obstacle.why().contains("ENOENT"));
  }

  @Test
  void mappingThatARunningProcessHasGivenUpMeanwhileIsLeftOut() {
    MappingClassifier classifier = classifier(false);
    List<MemoryMapEntry> gone =
        entries("7f0000000000-7f0000001000 rw-s 00000000 00:05 7 /tmp/x", "rd wr sh mw");

    assertThat(gone).hasSize(1).allMatch(entry -> classifier.classify(entry).isEmpty());
    assertThat(classifier.obstacles()).isEmpty();
  }

  @Test
  void shadowStackAndSecretMemoryAreRefused() {
    assertThat(obstacles("7f0000000000-7f0000001000 rw-p 00000000 00:00 0", "rd wr mr mw me ss"))
        .containsExactly(MemoryKind.SHADOW_STACK.at("mapping 0x7f0000000000-0x7f0000001000 "));
    assertThat(
            obstacles(
                "7f0000000000-7f0000001000 rw-s 00000000 00:0f 7 /secretmem (deleted)",
                "rd wr sh mr mw ms lo dd"))
        .containsExactly(
            MemoryKind.SECRET.at("mapping 0x7f0000000000-0x7f0000001000 /secretmem (deleted)"));
  }

  @Test
  void flagOfANewerKernelIsRefused() {
    assertThat(obstacles("7f0000000000-7f0000001000 rw-p 00000000 00:00 0", "rd wr mr mw me ??"))
        .containsExactly(MemoryKind.UNKNOWN_FLAG.at("mapping 0x7f0000000000-0x7f0000001000 "));
  }

  private static List<Obstacle> obstacles(String mapping, String flags) {
    MappingClassifier classifier = classifier(true);
    entries(mapping, flags).forEach(classifier::classify);
    return classifier.obstacles();
  }

  private static MappingClassifier classifier(boolean frozen) {
    return new MappingClassifier(SelfProcess.pid(), frozen, Set.of(), new ObjectTable());
  }

  private static List<MemoryMapEntry> entries(String mapping, String flags) {
    String smaps = mapping + "\nSize: 4 kB\nVmFlags: " + flags + "\n";
    return MemoryMapParser.parse(smaps.getBytes(StandardCharsets.UTF_8));
  }
}
