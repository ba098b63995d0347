package io.github.livemigration.programs;

import static java.util.stream.Collectors.toMap;

import io.github.livemigration.linux.NoSuchProcessException;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.SystemCallException;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What this process holds.
 *
 * @param descriptors how many lead to each kind of file, without the JVM's own program files
 * @param threads how many have each name; the JVM's own, of collector and compilers, whose number
 *     it changes as it likes, are no Java threads and not among them, nor are idle ones of a pool
 * @param children processes that it started and has not collected
 * @param files of its own in the folder for temporary files
 * @param usedKib what lives on the heap, and what buffers take outside of it
 * @param outsideKib physical memory of all mappings but the heap, of which the JVM keeps what it
 *     once used: classes, compiled code, tables of the collector, whatever is allocated natively
 * @param heapKib physical memory of the heap
 */
public record Holdings(
    Map<String, Integer> descriptors,
    Map<String, Integer> threads,
    long children,
    long files,
    long usedKib,
    long outsideKib,
    long heapKib) {
  private static final String JAVA_HOME = System.getProperty("java.home");

  /** Look now, after a collection of what nobody uses any more. */
  public static Holdings now() throws IOException {
    System.gc();
    int pid = SelfProcess.pid();
    ResidentMemory memory = ResidentMemory.ofThisJvm();
    return new Holdings(
        descriptors(pid),
        javaThreads(),
        ProcFs.threads(pid).stream().mapToLong(tid -> childrenOf(pid, tid)).sum(),
        temporaryFiles(),
        usedBytes() / 1024,
        memory.outsideKib(),
        memory.heapKib());
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
    return names.collect(toMap(Function.identity(), name -> 1, Integer::sum, TreeMap::new));
  }

  private static long usedBytes() {
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

  /** Whether it counts no more of anything; memory is not counted but measured. */
  public boolean isNoMoreThan(Holdings other) {
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
