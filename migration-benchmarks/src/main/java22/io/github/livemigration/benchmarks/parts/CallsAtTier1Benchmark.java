package io.github.livemigration.benchmarks.parts;

import org.openjdk.jmh.annotations.Fork;

/** {@link CallCosts} compiled by C1 alone, as in the product. */
@Fork(
    value = 3,
    jvmArgsAppend = {
      "-XX:TieredStopAtLevel=1",
      "-XX:+UseSerialGC",
      "--enable-native-access=ALL-UNNAMED"
    })
public class CallsAtTier1Benchmark extends CallCosts {}
