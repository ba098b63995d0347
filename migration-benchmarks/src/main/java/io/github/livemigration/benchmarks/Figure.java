package io.github.livemigration.benchmarks;

/**
 * One line of the result.
 *
 * @param group what it belongs to
 * @param name what was measured
 * @param unit of the samples
 * @param samples measured
 * @param baseline name of the figure of the same group that this one is compared with; empty where
 *     it is one itself
 */
record Figure(String group, String name, String unit, Samples samples, String baseline) {}
