package io.github.livemigration.session;

import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.UserNamespaces;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.NamespaceInit;
import io.github.livemigration.tracee.RemoteArea;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.TracedThread;
import io.github.livemigration.tracee.Tracer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A small process of our own that waits for ever, made to be moved. */
final class RehearsalTarget implements AutoCloseable {
  private static final int PID = 2_000;
  private static final int THREADS = 10;
  private static final int MAPPINGS = 120;
  private static final int MAPPING_BYTES = 32 * 1024;

  /** Between the two there is a page without content, as in real memory, which is full of holes. */
  private static final int FIRST_CONTENT_BYTES = 12 * 1024;

  private static final int SECOND_CONTENT_OFFSET = 16 * 1024;
  private static final int SECOND_CONTENT_BYTES = 4 * 1024;

  /** So many have content. */
  static final int PAGES = MAPPINGS * (FIRST_CONTENT_BYTES + SECOND_CONTENT_BYTES) / 4096;

  /** In the first content, below the stack. */
  private static final int ROOM_OFFSET = 2048;

  private static final int CHANGED_MAPPINGS = 20;
  private static final int CAPABILITY_VERSION_3 = 0x20080522;
  private static final int CAPABILITY_BYTES = 24;

  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;

  private final Tracer tracer = new Tracer("tracer of a rehearsal");
  private final NamespaceInit init;
  private final int hostPid;
  private long[] contents = {};

  RehearsalTarget() throws Exception {
    init = tracer.call(NamespaceInit::spawn);
    hostPid = tracer.call(this::fork);
  }

  private int fork() {
    TracedThread leader = init.fork(PID);
    try (ProcessMemory memory = ProcessMemory.open(leader.tid())) {
      RemoteArea area = init.inheritedArea(leader, memory);
      RemoteBatch batch = area.batch();
      batch.call("close_range(0, ~0)", X8664.CLOSE_RANGE, 0, 0xffff_ffffL, 0);
      batch.call("open(/dev/null)", X8664.OPEN, batch.string("/dev/null"), 0, 0);
      RehearsedState.addTo(batch, 1);
      List<RemoteBatch.RemoteCall> mappings = new ArrayList<>();
      for (int i = 0; i < MAPPINGS; i++) {
        // Neighbours of different protection do not melt into one mapping.
        mappings.add(
            batch.call(
                "mmap",
                X8664.MMAP,
                0,
                MAPPING_BYTES,
                PROT_READ_WRITE | (i % 2) << 2,
                MAP_PRIVATE_ANONYMOUS,
                -1,
                0));
      }
      AwaitedWords awaited = AwaitedWords.map(batch, THREADS);
      List<TracedThread> threads = new ArrayList<>(List.of(leader));
      leader.onNewTask(task -> threads.add(TracedThread.attached(task)));
      for (int i = 1; i < THREADS; i++) {
        long arguments = batch.bytes(NamespaceInit.threadArguments(batch.longs(PID + i)));
        batch.call("clone3", X8664.CLONE3, arguments, NamespaceInit.CLONE_ARGUMENTS_BYTES);
      }
      batch.run();
      long[] addresses = mappings.stream().mapToLong(RemoteBatch.RemoteCall::result).toArray();
      for (int i = 0; i < MAPPINGS; i++) {
        long next = addresses[(i + 1) % MAPPINGS];
        memory.writeBytes(addresses[i], pointersTo(next, FIRST_CONTENT_BYTES));
        memory.writeBytes(
            addresses[i] + SECOND_CONTENT_OFFSET, pointersTo(next, SECOND_CONTENT_BYTES));
      }
      awaited.fill(memory);
      threads.subList(1, threads.size()).forEach(TracedThread::awaitStop);
      for (int i = 0; i < THREADS; i++) {
        long room = addresses[i * (MAPPINGS / THREADS)] + ROOM_OFFSET;
        memory.writeBytes(room, new byte[RehearsedState.ROOM_BYTES]);
        RemoteBatch own = area.batch();
        RehearsedState.addThreadTo(own, room);
        own.run(threads.get(i));
      }
      RehearsedState.set(leader.tid());
      if (UserNamespaces.areNeeded()) {
        NamespaceInit.keepProgram(area, memory);
        threads.forEach(thread -> giveUpRights(area, thread));
      }
      for (int i = 0; i < THREADS; i++) {
        long mapping = addresses[i * (MAPPINGS / THREADS)];
        memory.writeBytes(mapping + SECOND_CONTENT_OFFSET, awaited.listFor(i));
        NamespaceInit.idle(
            threads.get(i),
            mapping + FIRST_CONTENT_BYTES / 2,
            X8664.FUTEX_WAITV,
            mapping + SECOND_CONTENT_OFFSET,
            awaited.wordsPerThread());
      }
      contents = Arrays.copyOf(addresses, CHANGED_MAPPINGS);
      return leader.tid();
    }
  }

  /** In its user namespace it has all rights, and programs of ordinary users have none. */
  private static void giveUpRights(RemoteArea area, TracedThread thread) {
    RemoteBatch batch = area.batch();
    long header = batch.longs(CAPABILITY_VERSION_3);
    batch.call("capset", X8664.CAPSET, header, batch.bytes(new byte[CAPABILITY_BYTES]));
    batch.run(thread);
  }

  /** Give some pages another content, as if the process had written them. */
  void change() {
    try (ProcessMemory memory = ProcessMemory.open(hostPid)) {
      for (long page : contents) {
        memory.writeBytes(page + Long.BYTES, new byte[] {1});
      }
    }
  }

  /** Content as it is in real memory, where pages point to others. */
  private static byte[] pointersTo(long mapping, int lengthBytes) {
    ByteBuffer content = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
    while (content.hasRemaining()) {
      content.putLong(mapping + content.position());
    }
    return content.array();
  }

  /** Returns the process id in this process's PID namespace. */
  int hostPid() {
    return hostPid;
  }

  @Override
  public void close() throws Exception {
    try (tracer) {
      tracer.run(() -> init.kill());
    }
  }
}
