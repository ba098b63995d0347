package io.github.livemigration.sample;

import java.io.IOException;
import java.io.InputStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/** Things that only a JVM that is alive in every sense can do, each a check of its own. */
final class VitalSigns {

  private static final int THREADS = 8;
  private static final int CALLS_UNTIL_COMPILED = 300_000;
  private static final long COLLATZ_27 = 111;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

  /** One check. */
  interface Check {
    /** Whether it went well. */
    boolean passes() throws Exception;
  }

  private final long pid = ProcessHandle.current().pid();
  private final long born = System.nanoTime();

  /** All checks by the name under which they are reported, in the order in which they run. */
  Map<String, Check> checks() {
    Map<String, Check> checks = new LinkedHashMap<>();
    checks.put("same-pid", () -> ProcessHandle.current().pid() == pid);
    checks.put("clock-goes-on", () -> System.nanoTime() - born > 0);
    checks.put("full-gc", this::collectsGarbage);
    checks.put("new-code", this::compiles);
    checks.put("implicit-null-check", this::trapsNullPointers);
    checks.put("new-threads", this::startsThreads);
    checks.put("new-classes", this::loadsClasses);
    checks.put("resource-from-jar", this::readsResource);
    checks.put("stack-overflow", this::survivesStackOverflow);
    return checks;
  }

  private boolean collectsGarbage() {
    long before = collections();
    WeakReference<byte[]> garbage = new WeakReference<>(new byte[1 << 20]);
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (garbage.get() != null || collections() == before) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      System.gc();
    }
    return true;
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private boolean compiles() {
    CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    if (compiler == null || !compiler.isCompilationTimeMonitoringSupported()) {
      return false;
    }
    long before = compiler.getTotalCompilationTime();
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    boolean right = true;
    do {
      long sum = 0;
      for (int i = 0; i < CALLS_UNTIL_COMPILED; i++) {
        sum += neverCalledBefore(i);
      }
      right &= sum == (long) CALLS_UNTIL_COMPILED * (CALLS_UNTIL_COMPILED - 1) / 2;
    } while (compiler.getTotalCompilationTime() == before && System.nanoTime() - deadline < 0);
    return right && compiler.getTotalCompilationTime() > before;
  }

  private static long neverCalledBefore(long value) {
    return Long.reverse(Long.reverse(value + 3)) - 3;
  }

  /** Compiled code finds a null by the SIGSEGV that reading from it raises. */
  private boolean trapsNullPointers() {
    int[][] arrays = new int[2][];
    arrays[0] = new int[1];
    long sum = 0;
    for (int i = 0; i < CALLS_UNTIL_COMPILED; i++) {
      sum += lengthOf(arrays[0]);
    }
    try {
      sum += lengthOf(arrays[1]);
      return false;
    } catch (NullPointerException e) {
      return sum == CALLS_UNTIL_COMPILED;
    }
  }

  private static int lengthOf(int[] array) {
    return array.length;
  }

  private boolean startsThreads() throws InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<Callable<Long>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        long seed = i;
        tasks.add(() -> neverCalledBefore(seed));
      }
      long sum = 0;
      for (Future<Long> result : threads.invokeAll(tasks, 20, TimeUnit.SECONDS)) {
        sum += result.get();
      }
      return sum == THREADS * (THREADS - 1) / 2;
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean loadsClasses() throws ReflectiveOperationException {
    Class<?> late = Class.forName("io.github.livemigration.sample.LateArrival");
    LongUnaryOperator steps = (LongUnaryOperator) late.getConstructor().newInstance();
    return steps.applyAsLong(27) == COLLATZ_27;
  }

  private boolean readsResource() throws IOException {
    try (InputStream resource = VitalSigns.class.getResourceAsStream("LateArrival.class")) {
      return resource != null && resource.readAllBytes().length > 100;
    }
  }

  /** The guard pages of the stack still raise SIGSEGV, and the handler its error. */
  private boolean survivesStackOverflow() {
    try {
      return deeper(1) < 0;
    } catch (StackOverflowError e) {
      return true;
    }
  }

  private static long deeper(long depth) {
    return depth == Long.MAX_VALUE ? depth : depth + deeper(depth + 1);
  }
}
