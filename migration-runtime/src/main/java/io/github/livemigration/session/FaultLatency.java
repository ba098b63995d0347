package io.github.livemigration.session;

/**
 * How long threads of the target waited for pages that were missing, in microseconds.
 *
 * @param count faults that were served; 0 if there was none, and then the rest is 0 too
 * @param p50 the median
 * @param p99 the value that 99 of 100 faults stayed below
 * @param max the longest wait
 */
public record FaultLatency(long count, long p50, long p99, long max) {

  /** No fault at all. */
  public static final FaultLatency NONE = new FaultLatency(0, 0, 0, 0);
}
