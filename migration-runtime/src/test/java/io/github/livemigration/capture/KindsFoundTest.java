package io.github.livemigration.capture;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.OpenFile;
import org.junit.jupiter.api.Test;

class KindsFoundTest {
  @Test
  void everyMappingAndEveryOpenFileIsOfAKind() {
    assertThat(KindsFound.OF_MAPPINGS.keySet())
        .containsExactlyInAnyOrder(subclasses(MappingBacking.class));
    assertThat(KindsFound.OF_FILES.keySet()).containsExactlyInAnyOrder(subclasses(OpenFile.class));
  }

  @SuppressWarnings("unchecked") // What a sealed interface permits extends it.
  private static <T> Class<? extends T>[] subclasses(Class<T> type) {
    return (Class<? extends T>[]) type.getPermittedSubclasses();
  }
}
