package io.github.livemigration.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NetworkLinkIT {
  private static final int MIB_PER_SECOND = 50;

  @TempDir Path folder;

  @Test
  void linkCarriesNoMoreThanItsBandwidth() throws Exception {
    Workbench workbench =
        new Workbench(Path.of("no.jar"), System.getProperty("java.class.path"), folder, List.of());

    try (NetworkLink link = NetworkLink.of(MIB_PER_SECOND)) {
      Samples carried =
          BulkTransfer.measure(
              link.source(workbench), link.sourceAddress(), link.destination(workbench), 10);

      assertThat(carried.values()).isNotEmpty().allSatisfy(rate -> assertThat(rate).isPositive());
      // What has waited in buffers while the receiver paused comes faster.
      assertThat(carried.median()).isLessThan(MIB_PER_SECOND * 1.5);
    }
  }
}
