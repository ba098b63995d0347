package io.github.livemigration.restore;

import io.github.livemigration.image.ProcessControls;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SystemCallException;
import java.util.List;

/** Sets what is written to files in {@code /proc/PID}, from outside. */
final class ProcFileBuilder {
  private ProcFileBuilder() {}

  /**
   * Set what differs.
   *
   * @return what the kernel refused, for people
   */
  static List<String> build(int pid, ProcessControls controls) {
    if (Integer.parseInt(text(pid, "coredump_filter"), 16) != controls.coredumpFilter()) {
      ProcFs.write(pid, "coredump_filter", "0x" + Integer.toHexString(controls.coredumpFilter()));
    }
    String present = text(pid, "oom_score_adj");
    String wanted = Integer.toString(controls.oomScoreAdjustment());
    if (!present.equals(wanted)) {
      try {
        ProcFs.write(pid, "oom_score_adj", wanted);
      } catch (SystemCallException e) {
        return List.of(
            "oom_score_adj is %s instead of %s: lowering it takes CAP_SYS_RESOURCE"
                .formatted(present, wanted));
      }
    }
    return List.of();
  }

  private static String text(int pid, String file) {
    return ProcFs.readText(pid, file).strip();
  }
}
