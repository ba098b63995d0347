package io.github.livemigration.programs;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SelfProcess;
import java.lang.management.ManagementFactory;
import java.util.LongSummaryStatistics;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * Physical memory of this JVM. A JVM keeps pages of its heap that it has once written, whether
 * something lives there or not, so they tell nothing of leaks; all other pages do.
 *
 * @param heapKib of the mappings of the Java heap
 * @param outsideKib of all others
 */
record ResidentMemory(long heapKib, long outsideKib) {
  private static final Pattern MAPPING =
      Pattern.compile(
          "^([0-9a-f]+)-([0-9a-f]+) .*\\n(?:[A-Z].*\\n)*?Rss: +(\\d+) kB$", Pattern.MULTILINE);

  private static final Pattern ADDRESS = Pattern.compile("0x([0-9a-f]{8,16})");

  static ResidentMemory ofThisJvm() {
    LongSummaryStatistics heap = heapAddresses();
    long heapKib = 0;
    long outsideKib = 0;
    Matcher mapping = MAPPING.matcher(ProcFs.readText(SelfProcess.pid(), "smaps"));
    while (mapping.find()) {
      long address = Long.parseUnsignedLong(mapping.group(1), 16);
      long kib = Long.parseLong(mapping.group(3));
      if (address >= heap.getMin() && address < heap.getMax()) {
        heapKib += kib;
      } else {
        outsideKib += kib;
      }
    }
    return new ResidentMemory(heapKib, outsideKib);
  }

  /** Every collector tells where its parts of the heap begin and end, each in its own words. */
  private static LongSummaryStatistics heapAddresses() {
    try {
      Object info =
          ManagementFactory.getPlatformMBeanServer()
              .invoke(
                  new ObjectName("com.sun.management:type=DiagnosticCommand"),
                  "gcHeapInfo",
                  new Object[0],
                  new String[0]);
      return ADDRESS
          .matcher((String) info)
          .results()
          .mapToLong(result -> Long.parseUnsignedLong(result.group(1), 16))
          .summaryStatistics();
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
  }
}
