package io.github.livemigration.sample;

import java.util.Map;

/**
 * Prints increasing numbers, one a line, while worker threads keep touching and checking the heap.
 *
 * <p>Options: {@code --interval-millis 5} between numbers, {@code --threads 4} workers, {@code
 * --heap-mib 32} over all workers, {@code --start 1}, {@code --limit 0} numbers (0: no end), {@code
 * --exit-status 0} at the limit, {@code --spin} between numbers instead of sleeping. A wrong byte
 * in the heap ends it with status 70.
 */
public final class Counter {

  private static final long MEBIBYTE = 1024 * 1024;

  private Counter() {}

  /** Count. */
  public static void main(String[] arguments) {
    Options options =
        Options.parse(
            arguments,
            Map.of(
                "interval-millis", "5",
                "threads", "4",
                "heap-mib", "32",
                "start", "1",
                "limit", "0",
                "exit-status", "0",
                "spin", "false"));
    startWorkers(options.count("threads"), options.count("heap-mib") * MEBIBYTE);
    NumberPrinter printer =
        new NumberPrinter(options.number("interval-millis"), options.flag("spin"));
    long start = (long) options.number("start");
    long limit = (long) options.number("limit");
    for (long number = start; limit == 0 || number < start + limit; number++) {
      printer.print(number);
    }
    System.exit(options.count("exit-status"));
  }

  private static void startWorkers(int count, long heapBytes) {
    for (int i = 0; i < count; i++) {
      String name = "worker " + i;
      Thread thread = new Thread(new Worker(name, heapBytes / count), name);
      thread.setDaemon(true);
      thread.start();
    }
  }
}
