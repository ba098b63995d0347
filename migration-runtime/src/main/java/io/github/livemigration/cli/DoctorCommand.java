package io.github.livemigration.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.livemigration.session.HostCheck;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code migrate doctor}. */
@Command(
    name = "doctor",
    description = "Tells what this host can do, and how to mend what it cannot.",
    mixinStandardHelpOptions = true)
final class DoctorCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Answer as JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    HostCheck check = HostCheck.run();
    if (json) {
      System.out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(Map.of("fit", check.fit(), "features", check.features())));
    } else {
      check.features().forEach(DoctorCommand::print);
      System.out.println(
          check.fit() ? "this host can migrate processes" : "this host cannot migrate processes");
    }
    return check.fit() ? ExitStatus.DONE : ExitStatus.UNHARMED;
  }

  private static void print(HostCheck.Feature feature) {
    String mark = feature.available() ? "ok  " : feature.required() ? "NO  " : "no  ";
    System.out.println(mark + feature.name() + ": " + feature.detail());
    if (!feature.available() && !feature.remedy().isEmpty()) {
      System.out.println("      " + (feature.required() ? "" : "optional; ") + feature.remedy());
    }
  }
}
