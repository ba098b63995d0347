package io.github.livemigration.programs;

import io.github.livemigration.session.HugePagePool;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JVMs of every release that is installed move under allocation load, with each collector. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JvmVariantIT {
  private static final List<String> COLLECTORS =
      List.of("UseSerialGC", "UseParallelGC", "UseG1GC", "UseZGC", "UseShenandoahGC");
  private static final int FIRST_WITH_VIRTUAL_THREADS = 21;

  /** Of 2 MiB, for the heap and the code cache of one copy of a JVM. */
  private static final int HUGE_PAGES = (32 + 16) / 2;

  @TempDir Path folder;
  @AutoClose private final Moves moves = new Moves();

  /** One way to start a JVM. */
  record Variant(int release, Path java, List<String> options, String threads) {
    @Override
    public String toString() {
      return "JDK " + release + ", " + threads + " threads " + String.join(" ", options);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("variants")
  void heapIsRightAfterEachMove(Variant variant) throws Exception {
    move(variant, "-Xmx96m");
  }

  /** Heap and compiled code lie in huge pages of either kind. */
  @ParameterizedTest
  @ValueSource(strings = {"UseLargePages", "UseTransparentHugePages"})
  void heapInHugePagesIsRightAfterEachMove(String option) throws Exception {
    boolean setAside = option.equals("UseLargePages");
    try (HugePagePool pool = HugePagePool.adding(setAside ? 2 * HUGE_PAGES : 0)) {
      Map.Entry<Integer, Path> newest = releases().lastEntry();
      Variant variant = variant(newest, "platform", "-XX:+UseParallelGC", "-XX:+" + option);
      move(variant, "-Xms32m", "-Xmx32m", "-XX:ReservedCodeCacheSize=16m");
    }
  }

  private void move(Variant variant, String... sizes) throws Exception {
    List<String> command = new ArrayList<>(List.of(variant.java().toString()));
    command.addAll(List.of(sizes));
    command.addAll(variant.options());
    command.addAll(List.of("-cp", classes(), ChurningTarget.class.getName()));
    command.addAll(List.of(variant.threads().equals("virtual") ? "100" : "4", variant.threads()));
    moves.moveCounting(folder, command);
  }

  /**
   * All collectors with compressed pointers and without in the long form; otherwise the newest
   * release with each collector, and each other one with its default.
   */
  static List<Variant> variants() throws Exception {
    NavigableMap<Integer, Path> releases = releases();
    int newest = releases.lastKey();
    List<Variant> variants = new ArrayList<>();
    for (Map.Entry<Integer, Path> jdk : releases.entrySet()) {
      for (String collector : COLLECTORS) {
        String option = "-XX:+" + collector;
        if ((Moves.LONG || jdk.getKey() == newest || collector.equals("UseG1GC"))
            && starts(jdk.getValue(), option)) {
          variants.add(variant(jdk, "platform", option));
          if (Moves.LONG && !collector.equals("UseZGC")) {
            variants.add(variant(jdk, "platform", option, "-XX:-UseCompressedOops"));
          }
        }
      }
      if (!Moves.LONG && jdk.getKey() == newest) {
        variants.add(variant(jdk, "platform", "-XX:+UseG1GC", "-XX:-UseCompressedOops"));
      }
      if (jdk.getKey() >= FIRST_WITH_VIRTUAL_THREADS) {
        variants.add(variant(jdk, "virtual"));
      }
    }
    return variants;
  }

  private static Variant variant(Map.Entry<Integer, Path> jdk, String threads, String... options) {
    return new Variant(jdk.getKey(), jdk.getValue(), List.of(options), threads);
  }

  /** The JDK that runs the tests, and those that packages have installed, by release. */
  private static NavigableMap<Integer, Path> releases() throws IOException {
    NavigableMap<Integer, Path> releases = new TreeMap<>();
    releases.put(Runtime.version().feature(), Path.of(System.getProperty("java.home"), "bin/java"));
    Path installed = Path.of("/usr/lib/jvm");
    if (Files.isDirectory(installed)) {
      try (DirectoryStream<Path> homes = Files.newDirectoryStream(installed)) {
        for (Path home : homes) {
          Path release = home.resolve("release");
          if (Files.isReadable(release) && Files.isExecutable(home.resolve("bin/java"))) {
            releases.putIfAbsent(feature(release), home.resolve("bin/java"));
          }
        }
      }
    }
    return releases;
  }

  private static int feature(Path release) throws IOException {
    try (Stream<String> lines = Files.lines(release)) {
      return lines
          .filter(line -> line.startsWith("JAVA_VERSION="))
          .map(line -> Runtime.Version.parse(line.substring(14).replace("\"", "")).feature())
          .findFirst()
          .orElseThrow();
    }
  }

  /** Not every vendor builds every collector. */
  private static boolean starts(Path java, String option) throws Exception {
    Process process =
        new ProcessBuilder(java.toString(), option, "-version").redirectErrorStream(true).start();
    process.getInputStream().readAllBytes();
    return process.waitFor() == 0;
  }

  private static String classes() throws URISyntaxException {
    return Path.of(ChurningTarget.class.getProtectionDomain().getCodeSource().getLocation().toURI())
        .toString();
  }
}
