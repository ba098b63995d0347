package io.github.livemigration.restore;

import io.github.livemigration.image.DescriptorTable;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Fills the interest lists of epoll instances.
 *
 * <p>An entry keeps the number under which the file was added, so each file gets that number for
 * the moment of the call. This is done while no file has its final number yet.
 */
final class InterestListBuilder {
  /** Bytes of a remote area that the calls for one entry take, with something to spare. */
  static final int AREA_BYTES = 512;

  private static final int ADD = 1;
  private static final int MODIFY = 3;
  private static final int ANY_READINESS = 0x2007; // EPOLLIN, EPOLLPRI, EPOLLOUT, EPOLLRDHUP
  private static final int EVENT_BYTES = 12; // struct epoll_event is packed.

  private final RemoteBatch batch;
  private final DescriptorTable table;
  private final Map<RemoteCall, Integer> streams = new LinkedHashMap<>();
  private final List<Disabled> disabled = new ArrayList<>();
  private List<Integer> parked = List.of();

  /**
   * An entry that its event has disabled. The kernel lets nobody add such a one, so it is added
   * with the wish for any event: what is ready is disabled by being reported.
   *
   * @param epoll final number of the instance
   * @param report the call that reports it where it is ready
   */
  private record Disabled(int epoll, OpenFile.Watch watch, RemoteCall report) {}

  InterestListBuilder(RemoteBatch batch, DescriptorTable table) {
    this.batch = batch;
    this.table = table;
  }

  /**
   * Add the calls.
   *
   * @param parked number at which each file of the table waits
   */
  void build(List<Integer> parked) {
    this.parked = List.copyOf(parked);
    for (int i = 0; i < parked.size(); i++) {
      OpenFile.Shared file = table.files().get(i);
      if (file.file() instanceof OpenFile.EventPoll poll) {
        fill(file, parked.get(i), poll.watches());
      }
    }
  }

  private void fill(OpenFile.Shared poll, int epoll, List<OpenFile.Watch> watches) {
    // While the list holds disabled entries only, what the call reports is the one just added.
    for (OpenFile.Watch watch : watches) {
      if (watch.isDisabled()) {
        add(epoll, watch, watch.events() | ANY_READINESS);
        RemoteCall report =
            batch.call("epoll_wait(0 ms)", X8664.EPOLL_WAIT, epoll, batch.room(EVENT_BYTES), 1, 0);
        disabled.add(new Disabled(poll.descriptors().get(0).number(), watch, report));
      }
    }
    for (OpenFile.Watch watch : watches) {
      if (!watch.isDisabled()) {
        add(epoll, watch, watch.events());
      }
    }
  }

  private void add(int epoll, OpenFile.Watch watch, int events) {
    int number = watch.number();
    int from = parked.get(watch.fileIndex());
    batch.call(CallName.of("dup3(%d, %d)", from, number), X8664.DUP3, from, number, 0);
    String name = "epoll_ctl(EPOLL_CTL_ADD, %d, %#x)".formatted(number, events);
    long event = batch.bytes(event(watch, events));
    if (table.files().get(watch.fileIndex()).file() instanceof OpenFile.ReceiverStream) {
      streams.put(batch.tryCall(name, X8664.EPOLL_CTL, epoll, ADD, number, event), number);
    } else {
      batch.call(name, X8664.EPOLL_CTL, epoll, ADD, number, event);
    }
    batch.call(CallName.of("close(%s)", number), X8664.CLOSE, number);
  }

  private static byte[] event(OpenFile.Watch watch, int events) {
    return ByteBuffer.allocate(EVENT_BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(events)
        .putLong(watch.data())
        .array();
  }

  /**
   * Switch off what was not ready, in another table after the first has run, when every file has
   * its final number.
   *
   * <p>Errors and hang-ups cannot be switched off, and neither can an entry whose number is another
   * file's by now.
   */
  void settle(RemoteBatch later) {
    for (Disabled entry : disabled) {
      OpenFile.Watch watch = entry.watch();
      if (entry.report().result() == 0 && hasItsNumber(watch)) {
        later.call(
            CallName.of("epoll_ctl(EPOLL_CTL_MOD, %d)", watch.number()),
            X8664.EPOLL_CTL,
            entry.epoll(),
            MODIFY,
            watch.number(),
            later.bytes(event(watch, watch.events())));
      }
    }
  }

  private boolean hasItsNumber(OpenFile.Watch watch) {
    return table.files().get(watch.fileIndex()).descriptors().stream()
        .anyMatch(descriptor -> descriptor.number() == watch.number());
  }

  /**
   * Look at the results of the calls.
   *
   * @return what could not be watched, for people
   */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    streams.forEach(
        (call, number) -> {
          if (call.failed() && call.errno() != Errno.EPERM) {
            throw new SystemCallException("remote " + call.name(), call.errno());
          }
          if (call.failed()) {
            warnings.add(
                ("the target waits for descriptor %d by epoll; here it is a file, which is always"
                        + " ready and never reported")
                    .formatted(number));
          }
        });
    return warnings;
  }
}
