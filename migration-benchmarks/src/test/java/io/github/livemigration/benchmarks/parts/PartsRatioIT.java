package io.github.livemigration.benchmarks.parts;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Notices when a part has become slower compared with the least that a computer must do for the
 * same bytes.
 *
 * <p>Work and baseline take turns, and the fastest of many turns counts on either side, so other
 * programs on the host change the ratio little. What it may be stands in {@code ratios.properties}:
 * three to four times what was measured.
 */
class PartsRatioIT {
  private static final int TURNS = 200;
  private static final int WARM_UP_TURNS = 200;

  private static Parts parts;
  private static Properties limits;

  @BeforeAll
  static void open() throws Exception {
    parts = new Parts();
    limits = new Properties();
    try (InputStream source = PartsRatioIT.class.getResourceAsStream("ratios.properties")) {
      limits.load(Objects.requireNonNull(source));
    }
  }

  @AfterAll
  static void close() {
    parts.close();
  }

  @Test
  void encodingAnImageIsNotSlowerThanItWas() throws Exception {
    assertRatio("encode-image", parts::encodeImage, parts::copyImage);
  }

  @Test
  void decodingAnImageIsNotSlowerThanItWas() throws Exception {
    assertRatio("decode-image", parts::decodeImage, parts::copyImage);
  }

  @Test
  void parsingSmapsIsNotSlowerThanItWas() throws Exception {
    assertRatio("parse-smaps", parts::parseSmaps, parts::countLines);
  }

  @Test
  void scanningThePageMapIsNotSlowerThanItWas() throws Exception {
    parts.fillPages();
    assertRatio("scan-pages", parts::scanPages, parts::countLines);
  }

  @Test
  void installingPagesIsNotSlowerThanItWas() throws Exception {
    assertRatio("install-pages", parts::installPages, parts::fillPages);
  }

  private static void assertRatio(String name, Callable<?> work, Callable<?> baseline)
      throws IOException, Exception {
    double ratio = ratio(work, baseline);
    System.out.printf("%s: %.2f times its baseline%n", name, ratio);
    assertThat(ratio)
        .as("%s: time over that of its baseline", name)
        .isLessThan(Double.parseDouble(limits.getProperty(name)));
  }

  private static double ratio(Callable<?> work, Callable<?> baseline) throws Exception {
    for (int i = 0; i < WARM_UP_TURNS; i++) {
      work.call();
      baseline.call();
    }
    long fastestWork = Long.MAX_VALUE;
    long fastestBaseline = Long.MAX_VALUE;
    for (int i = 0; i < TURNS; i++) {
      fastestWork = Math.min(fastestWork, nanos(work));
      fastestBaseline = Math.min(fastestBaseline, nanos(baseline));
    }
    return (double) fastestWork / fastestBaseline;
  }

  private static long nanos(Callable<?> work) throws Exception {
    long start = System.nanoTime();
    work.call();
    return System.nanoTime() - start;
  }
}
