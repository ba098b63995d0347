package io.github.livemigration.pages;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class FaultLatenciesTest {
  private final FaultLatencies latencies = new FaultLatencies();

  @Test
  void withoutFaultsEverythingIsZero() {
    assertThat(latencies.statistics()).isEqualTo(new FaultStatistics(0, 0, 0, 0, 0));
  }

  @Test
  void faultLastsFromItsMessageToItsPage() {
    latencies.begin(7, micros(100));
    latencies.begin(7, micros(150));
    latencies.end(7, micros(300));
    latencies.end(7, micros(900));
    latencies.end(8, micros(900));
    latencies.zeroFilled(micros(5));

    FaultStatistics statistics = latencies.statistics();
    assertThat(statistics.count()).isEqualTo(2);
    assertThat(statistics.zeroFilled()).isEqualTo(1);
    assertThat(statistics.p50Micros()).isEqualTo(5);
    assertThat(statistics.maxMicros()).isEqualTo(200);
  }

  @Test
  void percentilesAreThoseOfAllFaults() {
    for (int i = 1; i <= 1000; i++) {
      latencies.begin(i, 0);
      latencies.end(i, micros(i));
    }

    FaultStatistics statistics = latencies.statistics();
    assertThat(statistics.p50Micros()).isCloseTo(500, within(2L));
    assertThat(statistics.p99Micros()).isCloseTo(990, within(2L));
    assertThat(statistics.maxMicros()).isEqualTo(1000);
  }

  @Test
  void thousandsOfThreadsMayWaitAtOnce() {
    Random random = new Random(5);
    TreeMap<Integer, Long> model = new TreeMap<>();
    long sum = 0;
    for (int i = 0; i < 50_000; i++) {
      int page = random.nextInt(4000);
      if (random.nextBoolean()) {
        latencies.begin(page, micros(i));
        model.putIfAbsent(page, (long) i);
      } else {
        latencies.end(page, micros(i));
        sum += model.remove(page) == null ? 0 : 1;
      }
    }

    assertThat(latencies.statistics().count()).isEqualTo(sum);
  }

  private static long micros(long count) {
    return TimeUnit.MICROSECONDS.toNanos(count);
  }
}
