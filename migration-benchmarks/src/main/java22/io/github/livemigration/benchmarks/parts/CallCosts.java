package io.github.livemigration.benchmarks.parts;

import io.github.livemigration.benchmarks.AnonymousMemory;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.UserfaultFd;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * System calls of a migration by JNA's direct mapping and by java.lang.foreign. JNA always keeps
 * errno; what has {@code Errno} in its name does so by java.lang.foreign.
 *
 * <p>A sample is a batch of calls, told as the time of one of them. The fastest counts (p0.00): no
 * other program has had the processor meanwhile, as in every mean.
 */
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Thread)
@Warmup(
    iterations = 5,
    time = 200,
    timeUnit = TimeUnit.MILLISECONDS,
    batchSize = CallCosts.BATCH_CALLS)
@Measurement(
    iterations = 5,
    time = 200,
    timeUnit = TimeUnit.MILLISECONDS,
    batchSize = CallCosts.BATCH_CALLS)
@OperationsPerInvocation(CallCosts.BATCH_CALLS)
public abstract class CallCosts {
  static final int BATCH_CALLS = 32;

  private static final int PAGE_BYTES = 4096;
  private static final int CHUNK_BYTES = 64 * 1024;
  private static final long MISSING_BYTES = 8L << 20;
  private static final long IOCTL = 16;
  private static final long UFFDIO_COPY = 0xC028AA03L;

  // Two struct iovec: 0 void *base; 8 size_t length. The local one first, then the remote one.
  private final NativeBuffer vectors = NativeBuffer.allocate(32);
  private final NativeBuffer local = NativeBuffer.allocate(CHUNK_BYTES);
  private final NativeBuffer remote = NativeBuffer.allocate(CHUNK_BYTES);
  // struct uffdio_copy: 0 u64 dst; 8 u64 src; 16 u64 len; 24 u64 mode; 32 s64 copy
  private final NativeBuffer copy = NativeBuffer.allocate(40);
  private final AnonymousMemory missing = new AnonymousMemory(MISSING_BYTES);
  private final UserfaultFd userfault = UserfaultFd.create(0);
  private final int pid = SelfProcess.pid();
  private long nextMissing;

  /** Prepare the arguments. */
  @Setup
  public void open() {
    userfault.api(0);
    userfault.register(missing.address(), MISSING_BYTES, UserfaultFd.MODE_MISSING);
    remote.putLong(0, 1);
  }

  /** Give back memory and descriptors. */
  @TearDown
  public void close() {
    userfault.close();
    missing.close();
  }

  /** What a call costs before it reaches the kernel: memcmp of 8 bytes. */
  @Benchmark
  public int libraryJna() {
    return JnaCalls.memcmp(local.address(), remote.address(), Long.BYTES);
  }

  /** The same. */
  @Benchmark
  public int libraryForeign() throws Throwable {
    return (int)
        ForeignCalls.MEMCMP.invokeExact(local.address(), remote.address(), (long) Long.BYTES);
  }

  /** The same, without telling the JVM that the thread is in native code. */
  @Benchmark
  public int libraryForeignCritical() throws Throwable {
    return (int)
        ForeignCalls.MEMCMP_CRITICAL.invokeExact(
            local.address(), remote.address(), (long) Long.BYTES);
  }

  /** The same with errno. */
  @Benchmark
  public int libraryForeignErrno() throws Throwable {
    return (int)
        ForeignCalls.MEMCMP_CAPTURE.invokeExact(
            ForeignCalls.errnoState(), local.address(), remote.address(), (long) Long.BYTES);
  }

  /** Both. */
  @Benchmark
  public int libraryForeignErrnoCritical() throws Throwable {
    return (int)
        ForeignCalls.MEMCMP_CRITICAL_CAPTURE.invokeExact(
            ForeignCalls.errnoState(), local.address(), remote.address(), (long) Long.BYTES);
  }

  /** The least that a system call costs. */
  @Benchmark
  public int getppidJna() {
    return JnaCalls.getppid();
  }

  /** The same. */
  @Benchmark
  public int getppidForeign() throws Throwable {
    return (int) ForeignCalls.GETPPID.invokeExact();
  }

  /** The same, without telling the JVM that the thread is in native code. */
  @Benchmark
  public int getppidForeignCritical() throws Throwable {
    return (int) ForeignCalls.GETPPID_CRITICAL.invokeExact();
  }

  /** What replaces JNA's call. */
  @Benchmark
  public int getppidForeignErrno() throws Throwable {
    return (int) ForeignCalls.GETPPID_CAPTURE.invokeExact(ForeignCalls.errnoState());
  }

  /** What replaces JNA's call where a call never takes long. */
  @Benchmark
  public int getppidForeignErrnoCritical() throws Throwable {
    return (int) ForeignCalls.GETPPID_CRITICAL_CAPTURE.invokeExact(ForeignCalls.errnoState());
  }

  /** A call that fails, and the look at the reason. */
  @Benchmark
  public int failureJna() {
    return JnaCalls.close(-1) + JnaCalls.errno();
  }

  /** The same. */
  @Benchmark
  public int failureForeignErrno() throws Throwable {
    return (int) ForeignCalls.CLOSE_CAPTURE.invokeExact(ForeignCalls.errnoState(), -1)
        + ForeignCalls.errno();
  }

  /** process_vm_readv of 4096 bytes. */
  @Benchmark
  public long readPageJna() {
    return readJna(PAGE_BYTES);
  }

  /** The same. */
  @Benchmark
  public long readPageForeignErrno() throws Throwable {
    return readForeign(PAGE_BYTES);
  }

  /** The same, during which no safepoint can be reached. */
  @Benchmark
  public long readPageForeignErrnoCritical() throws Throwable {
    return readForeignCritical(PAGE_BYTES);
  }

  /** process_vm_readv of 64 KiB. */
  @Benchmark
  public long readChunkJna() {
    return readJna(CHUNK_BYTES);
  }

  /** The same. */
  @Benchmark
  public long readChunkForeignErrno() throws Throwable {
    return readForeign(CHUNK_BYTES);
  }

  /** The same, during which no safepoint can be reached. */
  @Benchmark
  public long readChunkForeignErrnoCritical() throws Throwable {
    return readForeignCritical(CHUNK_BYTES);
  }

  /** UFFDIO_COPY of one page. */
  @Benchmark
  public long installPageJna() {
    return done(JnaCalls.syscall(IOCTL, userfault.number(), UFFDIO_COPY, nextCopy(), 0, 0, 0), 0);
  }

  /** The same. */
  @Benchmark
  public long installPageForeignErrno() throws Throwable {
    return done(
        (long)
            ForeignCalls.SYSCALL_CAPTURE.invokeExact(
                ForeignCalls.errnoState(),
                IOCTL,
                (long) userfault.number(),
                UFFDIO_COPY,
                nextCopy(),
                0L,
                0L,
                0L),
        0);
  }

  private long readJna(int bytes) {
    long address = iovecs(bytes);
    return done(JnaCalls.process_vm_readv(pid, address, 1, address + 16, 1, 0), bytes);
  }

  private long readForeign(int bytes) throws Throwable {
    long address = iovecs(bytes);
    return done(
        (long)
            ForeignCalls.READV_CAPTURE.invokeExact(
                ForeignCalls.errnoState(), pid, address, 1L, address + 16, 1L, 0L),
        bytes);
  }

  private long readForeignCritical(int bytes) throws Throwable {
    long address = iovecs(bytes);
    return done(
        (long)
            ForeignCalls.READV_CRITICAL_CAPTURE.invokeExact(
                ForeignCalls.errnoState(), pid, address, 1L, address + 16, 1L, 0L),
        bytes);
  }

  private long iovecs(int bytes) {
    vectors.putLong(0, local.address());
    vectors.putLong(8, bytes);
    vectors.putLong(16, remote.address());
    vectors.putLong(24, bytes);
    return vectors.address();
  }

  private long nextCopy() {
    if (nextMissing == MISSING_BYTES) {
      nextMissing = 0;
      missing.forget();
    }
    copy.putLong(0, missing.address() + nextMissing);
    copy.putLong(8, remote.address());
    copy.putLong(16, PAGE_BYTES);
    copy.putLong(24, 0);
    copy.putLong(32, 0);
    nextMissing += PAGE_BYTES;
    return copy.address();
  }

  /** A call that fails is cheap, and must not be taken for one that works. */
  private static long done(long result, long expected) {
    if (result != expected) {
      throw new IllegalStateException("the call returned " + result);
    }
    return result;
  }
}
