package io.github.livemigration.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.linux.MemoryMapEntry;
import io.github.livemigration.linux.MemoryMapParser;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A listing that no test can have at will. */
class EarlyMappingsTest {
  /** A mapping grew over the end of what had been listed, and one was made below its own start. */
  @Test
  void mappingThatHasChangedWhileTheyWereListedIsLeftOut() {
    List<MemoryMapEntry> listed =
        MemoryMapParser.parse(
            """
            7f0000000000-7f0000002000 rw-p 00000000 00:00 0
            7f0000001000-7f0000004000 rw-p 00000000 00:00 0
            7f0000000000-7f0000006000 rw-p 00000000 00:00 0
            7f0000006000-7f0000007000 rw-p 00000000 00:00 0
            ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 [vsyscall]
            """
                .getBytes(StandardCharsets.UTF_8));

    assertThat(EarlyMappings.inOrder(listed))
        .containsExactly(listed.get(0), listed.get(3), listed.get(4));
  }
}
