package io.github.livemigration.programs;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.NoSuchProcessException;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.session.TargetProcess;
import io.github.livemigration.session.TestReceiver;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One process moves to and fro for long: not a number is lost, and sender and receivers, which are
 * this process, hold no more in the end than after the first moves.
 */
class EnduranceIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What classes that are loaded late, and caches, may take. */
  private static final long MOST_GROWTH_KIB = 16 * 1024;

  private static final String JAVA_HOME = System.getProperty("java.home");

  @TempDir Path folder;

  /**
   * What this process holds.
   *
   * @param descriptors how many lead to each kind of file, without the JVM's own program files
   * @param threads how many have each name; the JVM's own, of collector and compilers, whose number
   *     it changes as it likes, are no Java threads and not among them, nor are idle ones of a pool
   */
  private record Holdings(
      Map<String, Integer> descriptors,
      Map<String, Integer> threads,
      long children,
      long files,
      long javaKib,
      long residentKib) {
    static Holdings now() throws IOException {
      System.gc();
      int pid = SelfProcess.pid();
      return new Holdings(
          descriptors(pid),
          javaThreads(),
          ProcFs.threads(pid).stream().mapToLong(tid -> childrenOf(pid, tid)).sum(),
          temporaryFiles(),
          javaBytes() / 1024,
          residentKib(pid));
    }

    private static Map<String, Integer> descriptors(int pid) {
      return counted(
          ProcFs.descriptors(pid).stream()
              .flatMap(number -> link(pid, number))
              .filter(link -> !link.endsWith(".jar") && !link.startsWith(JAVA_HOME))
              .map(link -> link.replaceAll("\\d+", "N")));
    }

    private static Stream<String> link(int pid, int number) {
      try {
        return Stream.of(ProcFs.readLink(pid, "fd/" + number));
      } catch (SystemCallException e) {
        return Stream.of(); // The one by which the list was read.
      }
    }

    /** Threads of a pool that wait for work come and go by themselves. */
    private static Map<String, Integer> javaThreads() {
      return counted(
          Thread.getAllStackTraces().entrySet().stream()
              .filter(
                  thread ->
                      Arrays.stream(thread.getValue())
                          .noneMatch(frame -> frame.getMethodName().equals("getTask")))
              .map(thread -> thread.getKey().getName()));
    }

    private static Map<String, Integer> counted(Stream<String> names) {
      return names.collect(toMap(name -> name, name -> 1, Integer::sum, TreeMap::new));
    }

    /** Memory that is in use on the heap, and outside of it by buffers. */
    private static long javaBytes() {
      return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed()
          + ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .mapToLong(BufferPoolMXBean::getMemoryUsed)
              .sum();
    }

    private static long childrenOf(int pid, int tid) {
      try {
        String children = ProcFs.readText(pid, "task/" + tid + "/children").strip();
        return children.isEmpty() ? 0 : children.split(" ").length;
      } catch (NoSuchProcessException e) {
        return 0; // A thread that has ended since it was listed.
      }
    }

    private static long temporaryFiles() throws IOException {
      try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
        String own = "live-migration-" + SelfProcess.pid() + "-";
        return files.filter(file -> file.getFileName().toString().startsWith(own)).count();
      }
    }

    private static long residentKib(int pid) {
      return ProcFs.readText(pid, "status")
          .lines()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .sum();
    }

    boolean isNoMoreThan(Holdings other) {
      return isWithin(descriptors, other.descriptors)
          && isWithin(threads, other.threads)
          && children <= other.children
          && files <= other.files;
    }

    private static boolean isWithin(Map<String, Integer> some, Map<String, Integer> bounds) {
      return some.entrySet().stream()
          .allMatch(entry -> entry.getValue() <= bounds.getOrDefault(entry.getKey(), 0));
    }
  }

  @Test
  void smallProcessLeavesNothingBehind() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1)) {
      endure(target, Moves.LONG ? 1_000 : 12);
    }
  }

  @Test
  void jvmLeavesNothingBehind() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            // A JVM that starts takes the file of a process that has moved for a dead one's, and
            // deletes it, perhaps between the comparison of files and the restore.
            "-XX:-UsePerfData",
            "-cp",
            Path.of(
                    ChurningTarget.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toURI())
                .toString(),
            ChurningTarget.class.getName(),
            "2",
            "platform");
    try (TargetProcess target = TargetProcess.start(folder, command)) {
      endure(target, Moves.LONG ? 100 : 6);
    }
  }

  private static void endure(TargetProcess target, int moves) throws Exception {
    try (TestReceiver a = new TestReceiver();
        TestReceiver b = new TestReceiver()) {
      target.awaitLines(3);
      int warmUp = moves / 5 + 2;
      for (int move = 0; move < warmUp; move++) {
        (move % 2 == 0 ? a : b).receive(target);
        target.awaitMoreLines(1);
      }
      await().atMost(PATIENCE).until(() -> Holdings.now().children() == 1);
      Holdings before = Holdings.now();
      System.out.printf("after %d moves: %s%n", warmUp, before);
      for (int move = warmUp; move < moves; move++) {
        (move % 2 == 0 ? a : b).receive(target);
        target.awaitMoreLines(1);
        if (Moves.LONG && move % (moves / 10) == 0) {
          System.out.printf("after %d moves: %s%n", move + 1, Holdings.now());
        }
      }
      Holdings after =
          await()
              .atMost(PATIENCE)
              .pollInSameThread()
              .until(Holdings::now, holdings -> holdings.isNoMoreThan(before));
      System.out.printf("after %d moves: %s%n", moves, after);
      assertThat(after.javaKib()).isLessThan(before.javaKib() + MOST_GROWTH_KIB);
      List<Long> numbers = target.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }
}
