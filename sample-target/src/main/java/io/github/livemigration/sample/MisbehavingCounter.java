package io.github.livemigration.sample;

import java.util.Map;
import java.util.stream.LongStream;

/**
 * Counts wrong on purpose, so that a judge is seen to find it.
 *
 * <p>Options: {@code --fault skip} (or {@code repeat}, {@code back}, {@code silence}), {@code
 * --after 60} numbers that are right, {@code --interval-millis 5}.
 */
public final class MisbehavingCounter {

  private static final int USAGE = 2;
  private static final long STEP_BACK = 6;

  private MisbehavingCounter() {}

  /** Count, and go wrong. */
  public static void main(String[] arguments) {
    Options options =
        Options.parse(arguments, Map.of("fault", "skip", "after", "60", "interval-millis", "5"));
    NumberPrinter printer = new NumberPrinter(options.number("interval-millis"), false);
    numbers(options.text("fault"), options.count("after")).forEach(printer::print);
    while (true) {
      printer.pause();
    }
  }

  /** The numbers that it prints; they end only with {@code silence}. */
  static LongStream numbers(String fault, long right) {
    LongStream correct = LongStream.rangeClosed(1, right);
    return switch (fault) {
      case "skip" -> LongStream.concat(correct, LongStream.iterate(right + 2, each -> each + 1));
      case "repeat" -> LongStream.concat(correct, LongStream.iterate(right, each -> each + 1));
      case "back" ->
          LongStream.concat(
              correct, LongStream.iterate(Math.max(0, right - STEP_BACK), each -> each + 1));
      case "silence" -> correct;
      default -> {
        System.err.println("--fault is skip, repeat, back or silence, not " + fault);
        System.exit(USAGE);
        yield correct;
      }
    };
  }
}
