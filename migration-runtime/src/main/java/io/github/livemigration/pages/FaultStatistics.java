package io.github.livemigration.pages;

/**
 * How long threads waited for pages, in microseconds, from the moment when the kernel's message was
 * read until the page was installed.
 *
 * @param count faults that were served; without any, the rest is 0 too
 * @param zeroFilled those of them that were new memory, which is zeros and needs nothing from the
 *     source
 * @param p50Micros the median
 * @param p99Micros the value that 99 of 100 faults stayed below
 * @param maxMicros the longest
 */
public record FaultStatistics(
    long count, long zeroFilled, long p50Micros, long p99Micros, long maxMicros) {}
