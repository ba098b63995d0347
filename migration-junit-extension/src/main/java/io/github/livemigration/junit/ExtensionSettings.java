package io.github.livemigration.junit;

import io.github.livemigration.harness.MigrateCommand;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * The configuration parameters of the extension.
 *
 * @param skipUnsupported whether a host that cannot migrate skips tests instead of failing them
 * @param migrate how the command line is started
 * @param reportDirectory where reports are kept, if they are
 */
record ExtensionSettings(
    boolean skipUnsupported, MigrateCommand migrate, Optional<Path> reportDirectory) {

  private static final String UNSUPPORTED = "migrate.unsupported";
  private static final String COMMAND = "migrate.command";
  private static final String REHEARSALS = "migrate.rehearsals";

  /** Tests mostly look at what a process says, not at how long it stands still. */
  private static final int FEW = 10;

  private static final String REPORT_DIRECTORY = "migrate.reportDirectory";

  /**
   * Read the parameters.
   *
   * @throws ExtensionConfigurationException if one has a value that it cannot have
   */
  static ExtensionSettings of(ExtensionContext context) {
    String unsupported = context.getConfigurationParameter(UNSUPPORTED).orElse("fail").strip();
    if (!unsupported.equals("fail") && !unsupported.equals("skip")) {
      throw new ExtensionConfigurationException(
          "the configuration parameter "
              + UNSUPPORTED
              + " is fail or skip, not '"
              + unsupported
              + "'");
    }
    MigrateCommand migrate =
        context
            .getConfigurationParameter(COMMAND)
            .filter(words -> !words.isBlank())
            .map(words -> MigrateCommand.of(List.of(words.strip().split("\\s+"))))
            .orElseGet(() -> MigrateCommand.ofThisRuntime().withRehearsals(rehearsals(context)));
    return new ExtensionSettings(
        unsupported.equals("skip"),
        migrate,
        context
            .getConfigurationParameter(REPORT_DIRECTORY)
            .filter(folder -> !folder.isBlank())
            .map(Path::of));
  }

  private static int rehearsals(ExtensionContext context) {
    String number =
        context.getConfigurationParameter(REHEARSALS).orElse(Integer.toString(FEW)).strip();
    if (!number.matches("\\d{1,4}")) {
      throw new ExtensionConfigurationException(
          "the configuration parameter "
              + REHEARSALS
              + " is a number from 0 to 9999, not '"
              + number
              + "'");
    }
    return Integer.parseInt(number);
  }
}
