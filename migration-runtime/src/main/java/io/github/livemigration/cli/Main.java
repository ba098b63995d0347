package io.github.livemigration.cli;

import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command line. */
@Command(
    name = "migrate",
    description = "Moves running Linux processes to another host while they run.",
    mixinStandardHelpOptions = true,
    versionProvider = VersionProvider.class,
    subcommands = {
      ReceiveCommand.class,
      SendCommand.class,
      RunCommand.class,
      CheckCommand.class,
      DoctorCommand.class
    })
public final class Main implements Runnable {
  private static final String LOG_LEVEL = "org.slf4j.simpleLogger.defaultLogLevel";

  @Spec private CommandSpec spec;

  @Option(
      names = "--verbose",
      description = "Add the trace of an error, and what the log has.",
      scope = ScopeType.INHERIT)
  private boolean verbose;

  /** Run the command line and exit with its status. */
  public static void main(String[] arguments) {
    boolean debug = Arrays.asList(arguments).contains("--verbose");
    System.setProperty(LOG_LEVEL, debug ? "debug" : "error");
    JvmOptions.apply(arguments);
    System.exit(commandLine().execute(arguments));
  }

  static CommandLine commandLine() {
    Main main = new Main();
    return new CommandLine(main)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setStopAtPositional(false)
        .setParameterExceptionHandler((e, arguments) -> usageError(e))
        .setExecutionExceptionHandler((e, command, result) -> main.errors().print(e));
  }

  /** One line, and where to read more. */
  private static int usageError(ParameterException e) {
    CommandLine command = e.getCommandLine();
    command
        .getErr()
        .println(
            "error: "
                + ErrorReport.words(e).replaceAll("\\s*\\R\\s*", " ")
                + "; see '"
                + command.getCommandSpec().qualifiedName()
                + " --help'");
    return ExitStatus.USAGE;
  }

  /** Returns who tells the user about errors. */
  ErrorReport errors() {
    return new ErrorReport(verbose);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a subcommand is missing");
  }
}
