package io.github.livemigration.cli;

import io.github.livemigration.linux.Exec;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The options that suit the JVM of a migration: it is young when it counts, so the quick compiler
 * and the simplest collector halve the downtime. A jar cannot ask for options, so the program
 * starts itself again in place, once, unless the user has chosen options.
 */
final class JvmOptions {
  private static final Logger LOG = LoggerFactory.getLogger(JvmOptions.class);
  private static final String STARTED_AGAIN = "-Dmigrate.startedAgain=true";
  private static final List<String> OPTIONS =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-XX:CompileThresholdScaling=0.2",
          "-XX:+UseSerialGC",
          "-XX:ReservedCodeCacheSize=32m",
          "-Xshare:auto",
          STARTED_AGAIN);

  /**
   * A JVM fills its young generation before it first collects, and takes a share of the host's
   * memory for that. This much is filled once while the plan is made, and not in the downtime.
   */
  private static final List<String> HEAP = List.of("-Xmn16m", "-Xms36m");

  private static final Set<String> SUBCOMMANDS = Set.of("receive", "send", "run");

  private JvmOptions() {}

  /**
   * Start again with the options, if that has not happened yet and the subcommand moves processes.
   *
   * @param arguments of the program
   */
  static void apply(String[] arguments) {
    if (arguments.length == 0 || !SUBCOMMANDS.contains(arguments[0])) {
      return;
    }
    String commandLine = ProcFs.readText("/proc/self/cmdline");
    List<String> command = new ArrayList<>(List.of(commandLine.split("\0", -1)));
    command.remove(command.size() - 1); // Behind the last zero there is nothing.
    int options = command.size() - arguments.length;
    if (options < 1 || !command.subList(options, command.size()).equals(List.of(arguments))) {
      return; // Started in a way that cannot be told from here.
    }
    List<String> given = List.copyOf(command.subList(0, options));
    if (given.stream().anyMatch(JvmOptions::isChoice)) {
      return;
    }
    if (given.stream().noneMatch(option -> option.startsWith("-Xm"))) {
      command.addAll(1, HEAP);
    }
    command.addAll(1, OPTIONS);
    try {
      Exec.replace(ProcFs.readLink("/proc/self/exe"), command);
    } catch (SystemCallException e) {
      LOG.debug("going on with the usual JVM options", e);
    }
  }

  private static boolean isChoice(String option) {
    return option.startsWith("-XX:") || option.equals(STARTED_AGAIN);
  }
}
