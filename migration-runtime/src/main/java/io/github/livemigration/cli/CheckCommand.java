package io.github.livemigration.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.livemigration.session.ProcessCheck;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code migrate check}. */
@Command(
    name = "check",
    description =
        "Tells what of a process would be carried and what stands in the way; changes nothing.",
    mixinStandardHelpOptions = true)
final class CheckCommand implements Callable<Integer> {
  @Option(names = "--pid", required = true, paramLabel = "PID", description = "The process.")
  private int pid;

  @Option(names = "--json", description = "Answer as JSON on standard output.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    ProcessCheck check = ProcessCheck.of(pid);
    if (json) {
      System.out.println(
          new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(check));
    } else {
      System.out.printf(
          "process %d (%s): %d threads, %d mappings, %d MiB resident, %d files open%n",
          check.pid(),
          check.name(),
          check.threads(),
          check.mappings(),
          check.residentBytes() >> 20,
          check.openPaths().size());
      check
          .carried()
          .forEach(kind -> System.out.printf("  carried: %s (%d)%n", kind.name(), kind.count()));
      check.refusals().forEach(refusal -> System.out.println("  refused: " + refusal));
      System.out.println(check.refusals().isEmpty() ? "can be moved" : "cannot be moved");
    }
    return check.refusals().isEmpty() ? ExitStatus.DONE : ExitStatus.UNHARMED;
  }
}
