package io.github.livemigration.restore;

import io.github.livemigration.image.ResourceLimits;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Sets resource limits. Comes last: a limit may forbid what was done before it.
 *
 * <p>To raise a hard limit takes CAP_SYS_RESOURCE. Where that is missing, the soft limit is set as
 * far as the hard limit of this host permits.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/getrlimit.2.html">getrlimit(2)</a>
 */
final class LimitBuilder {
  private static final int LIMIT_BYTES = 16;

  private final ResourceLimits limits;
  private final List<RemoteCall> calls = new ArrayList<>();

  LimitBuilder(RemoteBatch batch, ResourceLimits limits) {
    this.limits = limits;
    for (int limit = 0; limit < ResourceLimits.COUNT; limit++) {
      long values = batch.longs(limits.soft().get(limit), limits.hard().get(limit));
      calls.add(
          batch.tryCall(CallName.of("prlimit64(%s)", limit), X8664.PRLIMIT64, 0, limit, values, 0));
    }
  }

  /**
   * Go as far as possible with the limits that were refused, after the run.
   *
   * @return what differs from the source, for people
   */
  List<String> settle(RemoteArea area) {
    List<Integer> refused = new ArrayList<>();
    for (int limit = 0; limit < calls.size(); limit++) {
      if (calls.get(limit).failed()) {
        refused.add(limit);
      }
    }
    if (refused.isEmpty()) {
      return List.of();
    }
    RemoteBatch read = area.batch();
    long present = read.room(LIMIT_BYTES * refused.size());
    for (int i = 0; i < refused.size(); i++) {
      long place = present + (long) i * LIMIT_BYTES;
      read.call("prlimit64(get)", X8664.PRLIMIT64, 0, refused.get(i), 0, place);
    }
    read.run();
    ByteBuffer values =
        ByteBuffer.wrap(read.read(present, LIMIT_BYTES * refused.size()))
            .order(ByteOrder.LITTLE_ENDIAN);
    List<String> warnings = new ArrayList<>();
    RemoteBatch write = area.batch();
    for (int limit : refused) {
      values.getLong(); // The soft limit is about to be set.
      long hard = values.getLong();
      long soft = limits.soft().get(limit);
      long nearest = Long.compareUnsigned(soft, hard) <= 0 ? soft : hard;
      long pair = write.longs(nearest, hard);
      write.call(CallName.of("prlimit64(%s, soft)", limit), X8664.PRLIMIT64, 0, limit, pair, 0);
      warnings.add(warning(limit, nearest, hard));
    }
    write.run();
    return warnings;
  }

  private String warning(int limit, long soft, long hard) {
    return "%s is %s (hard %s) instead of %s (hard %s): raising a hard limit takes CAP_SYS_RESOURCE"
        .formatted(
            ResourceLimits.NAMES.get(limit),
            text(soft),
            text(hard),
            text(limits.soft().get(limit)),
            text(limits.hard().get(limit)));
  }

  private static String text(long limit) {
    return limit == -1 ? "unlimited" : Long.toUnsignedString(limit);
  }
}
