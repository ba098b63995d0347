package io.github.livemigration.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes the table of kinds of state as a page for people. */
final class SupportMatrix {
  private static final Map<Class<?>, String> HEADINGS = headings();

  private SupportMatrix() {}

  private static Map<Class<?>, String> headings() {
    Map<Class<?>, String> headings = new LinkedHashMap<>();
    headings.put(ProcessKind.class, "Process");
    headings.put(ThreadKind.class, "Threads, signals and timers");
    headings.put(MemoryKind.class, "Memory");
    headings.put(DescriptorKind.class, "Open files");
    headings.put(HostKind.class, "Host");
    return headings;
  }

  static String markdown() {
    StringBuilder page =
        new StringBuilder(
            """
            # What moves

            Every kind of state that the engine knows, what becomes of it, and the test that shows it. `check --pid PID` tells the
            same for a process: which of these it holds, and what stands in the way. This page is made from the table that the
            engine itself refuses by (`StateKind`); do not edit it.

            - **carried**: the program finds it as it was.
            - **with conditions**: carried where they are met, otherwise refused by name before the target is touched.
            - **changes**: the program finds something else, as told.
            - **refused**: a process that has it is not moved; it runs on where it is.
            """);
    HEADINGS.forEach(
        (area, heading) ->
            page.append(
                table(
                    heading,
                    StateKind.all().stream()
                        .filter(kind -> kind.getDeclaringClass() == area)
                        .toList())));
    return page.toString();
  }

  private static String table(String heading, List<StateKind> kinds) {
    StringBuilder table =
        new StringBuilder(
            """

            ## %s

            | kind | name in reports | treatment | conditions, reason, what to do | since | test |
            |---|---|---|---|---|---|
            """
                .formatted(heading));
    for (StateKind kind : kinds) {
      KindFacts facts = kind.facts();
      table.append(
          "| %s | `%s` | %s | %s | %s | `%s` |\n"
              .formatted(
                  cell(facts.title()),
                  kind.id(),
                  facts.treatment().words(),
                  cell(
                      facts.advice().isEmpty() ? facts.why() : facts.why() + "; " + facts.advice()),
                  facts.since(),
                  facts.test()));
    }
    return table.toString();
  }

  private static String cell(String words) {
    return words.replace("|", "\\|");
  }
}
