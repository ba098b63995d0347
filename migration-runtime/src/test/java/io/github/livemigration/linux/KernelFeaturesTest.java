package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelFeaturesTest {
  private static final Set<KernelFeature.Id> OF_NAMESPACES =
      EnumSet.range(KernelFeature.Id.CHOOSE_PIDS, KernelFeature.Id.TIME_NAMESPACE);

  @ParameterizedTest
  @CsvSource({
    "6.7.0, true",
    "6.18.44-custom, true",
    "7.0, true",
    "10.1-rc1, true",
    "6.6.99, false",
    "5.15.0-91-generic, false",
    "6, false",
    "unknown, false"
  })
  void releaseIsComparedByNumbers(String release, boolean enough) {
    KernelFeature feature = KernelProbe.release(release);

    assertThat(feature.available()).isEqualTo(enough);
    assertThat(feature.detail()).contains(release);
    assertThat(feature.remedy().isEmpty()).isEqualTo(enough);
  }

  @Test
  void otherProcessorIsANoWithItsName() {
    assertThat(KernelProbe.architecture("amd64").available()).isTrue();
    assertThat(KernelProbe.architecture("aarch64").detail()).isEqualTo("this is aarch64");
  }

  @Test
  void everyFeatureIsProbedOnceInOrder() {
    KernelFeatures features = KernelFeatures.ofThisHost();

    assertThat(features.all())
        .extracting(KernelFeature::id)
        .containsExactlyElementsOf(
            Stream.of(KernelFeature.Id.values())
                .filter(id -> !UserNamespaces.areNeeded() || !OF_NAMESPACES.contains(id))
                .toList());
    assertThat(KernelFeatures.ofThisHost()).isSameAs(features);
  }

  @Test
  void everyNoHasACauseAndARemedy() {
    assertThat(KernelFeatures.ofThisHost().all())
        .allSatisfy(
            feature -> {
              assertThat(feature.detail()).isNotBlank();
              assertThat(feature.remedy().isEmpty()).isEqualTo(feature.available());
              assertThat(feature.name()).isNotBlank();
            });
    assertThat(KernelFeatures.ofThisHost().missing())
        .allMatch(feature -> feature.required() && !feature.available());
  }
}
