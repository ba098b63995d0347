package io.github.livemigration.harness;

import java.io.File;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How the command line of this project is started, in a process of its own. Immutable.
 *
 * @param prefix what comes before the subcommand
 * @param rehearsals how many migrations it rehearses at first; empty for as many as it likes
 */
public record MigrateCommand(List<String> prefix, OptionalInt rehearsals) {
  private static final Set<String> REHEARSING = Set.of("receive", "send", "run");

  private static final String MAIN_CLASS = "io.github.livemigration.cli.Main";

  /** From here on the JVM warns of native access that was not allowed on the command line. */
  private static final int NATIVE_ACCESS_WARNING = 22;

  /**
   * One class of each library that the command line needs; those that are absent are not needed.
   */
  private static final List<String> LIBRARIES =
      List.of(
          MAIN_CLASS,
          "com.sun.jna.Native",
          "picocli.CommandLine",
          "org.slf4j.LoggerFactory",
          "org.slf4j.simple.SimpleServiceProvider",
          "com.fasterxml.jackson.databind.ObjectMapper",
          "com.fasterxml.jackson.core.JsonParser",
          "com.fasterxml.jackson.annotation.JsonValue",
          "org.HdrHistogram.Histogram");

  /** Copy. */
  public MigrateCommand {
    prefix = List.copyOf(prefix);
  }

  /** Another way to start it, such as {@code java -jar migrate.jar}. */
  public static MigrateCommand of(List<String> prefix) {
    if (prefix.isEmpty()) {
      throw new HarnessException("the command that starts migrate is empty");
    }
    return new MigrateCommand(prefix, OptionalInt.empty());
  }

  /**
   * Returns the same with another number of rehearsals: few make it start sooner, and processes
   * stand still for longer when they move.
   */
  public MigrateCommand withRehearsals(int number) {
    return new MigrateCommand(prefix, OptionalInt.of(number));
  }

  /**
   * The very code that runs here, by the Java that runs it.
   *
   * @throws HarnessException if the command line's classes are not where this class comes from
   */
  public static MigrateCommand ofThisRuntime() {
    ClassLoader loader = MigrateCommand.class.getClassLoader();
    Set<String> places = new LinkedHashSet<>();
    for (String name : LIBRARIES) {
      URL resource = loader == null ? null : loader.getResource(name.replace('.', '/') + ".class");
      if (resource != null) {
        places.add(place(resource, name));
      } else if (name.equals(MAIN_CLASS)) {
        throw new HarnessException("the class " + MAIN_CLASS + " is not on the class path");
      }
    }
    return ofClassPath(places.stream().map(Path::of).toList());
  }

  /**
   * The Java that runs here, with the command line's classes from elsewhere.
   *
   * @param classPath this project's runtime with all that it needs
   */
  public static MigrateCommand ofClassPath(List<Path> classPath) {
    List<String> command = new ArrayList<>();
    command.add(TargetCommand.javaExecutable());
    command.addAll(jvmArguments());
    command.add("-cp");
    command.add(
        classPath.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
    command.add(MAIN_CLASS);
    return new MigrateCommand(command, OptionalInt.empty());
  }

  private static List<String> jvmArguments() {
    List<String> arguments =
        new ArrayList<>(List.of("-Xshare:auto", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    if (Runtime.version().feature() >= NATIVE_ACCESS_WARNING) {
      arguments.add("--enable-native-access=ALL-UNNAMED");
    }
    return arguments;
  }

  /** The jar or the folder that a class comes from. */
  private static String place(URL resource, String className) {
    String url = resource.toString();
    String entry = className.replace('.', '/') + ".class";
    try {
      URI place =
          url.startsWith("jar:")
              ? new URI(url.substring("jar:".length(), url.indexOf("!/")))
              : new URI(url.substring(0, url.length() - entry.length()));
      return Path.of(place).toString();
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new HarnessException(
          "the class " + className + " is neither in a jar nor in a folder: " + url, e);
    }
  }

  /** The whole command line of a subcommand. */
  List<String> with(List<String> arguments) {
    List<String> command = new ArrayList<>(prefix);
    command.addAll(arguments);
    if (rehearsals.isPresent() && REHEARSING.contains(arguments.get(0))) {
      command.addAll(
          prefix.size() + 1, List.of("--rehearsals", Integer.toString(rehearsals.getAsInt())));
    }
    return command;
  }
}
