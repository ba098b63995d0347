package io.github.livemigration.benchmarks.parts;

import org.openjdk.jmh.annotations.Fork;

/** {@link CallCosts} compiled by C2 in the end, as a JVM does unless it is told otherwise. */
@Fork(
    value = 3,
    jvmArgsAppend = {"-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED"})
public class CallsAtTier4Benchmark extends CallCosts {}
