package io.github.livemigration.benchmarks.parts;

import io.github.livemigration.wire.WireException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The parts by JMH, under the JVM options that the product chooses. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@State(Scope.Thread)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"})
public class PartsBenchmark {
  @SuppressWarnings("NullAway.Init") // JMH calls open() before anything else.
  private Parts parts;

  /** Read a process that has something of everything. */
  @Setup
  public void open() throws Exception {
    parts = new Parts();
  }

  /** Give back memory and descriptors. */
  @TearDown
  public void close() {
    parts.close();
  }

  /** Image to bytes. */
  @Benchmark
  public byte[] codecEncode() throws WireException {
    return parts.encodeImage();
  }

  /** Bytes to image. */
  @Benchmark
  public Object codecDecode() throws WireException {
    return parts.decodeImage();
  }

  /** Baseline of the codec. */
  @Benchmark
  public byte[] codecBaselineCopy() {
    return parts.copyImage();
  }

  /** Text of smaps to entries. */
  @Benchmark
  public int smapsParse() {
    return parts.parseSmaps();
  }

  /** Baseline of the parser. */
  @Benchmark
  public int smapsBaselineCountLines() {
    return parts.countLines();
  }

  /** Page tables to runs of pages, 8 MiB. */
  @Benchmark
  public long pagesScan() {
    return parts.scanPages();
  }

  /** Bytes to pages of a process, 8 MiB. */
  @Benchmark
  public long pagesInstall() {
    return parts.installPages();
  }

  /** Baseline of installing. */
  @Benchmark
  public long pagesBaselineFill() {
    return parts.fillPages();
  }
}
