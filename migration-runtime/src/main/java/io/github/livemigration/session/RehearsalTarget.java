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

  private static final int CHANGED_MAPPINGS = 20;
  private static final int CAPABILITY_VERSION_3 = 0x20080522;
  private static final int CAPABILITY_BYTES = 24;

  /** All threads wait for words in this memory, which nothing else points to. */
  private static final int AWAITED_BYTES = 2 * 1024 * 1024;

  /** Here, too, some pages stay without content. */
  private static final int AWAITED_RUN_BYTES = 28 * 1024;

  private static final int AWAITED_RUN_DISTANCE = 32 * 1024;
  private static final byte AWAITED_BYTE = 1;

  /** Fewer than one a page; a thread can wait for 128 at once. */
  private static final int AWAITED_WORDS = 400;

  private static final int FUTEX_SIZE_4_PRIVATE = 0x82;
  private static final int PROT_READ_WRITE = 3;
  private static final int MAP_PRIVATE_ANONYMOUS = 0x22;
  private static final int MAP_NORESERVE = 0x4000;

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
      RemoteBatch.RemoteCall awaited =
          batch.call(
              "mmap",
              X8664.MMAP,
              0,
              AWAITED_BYTES,
              PROT_READ_WRITE,
              MAP_PRIVATE_ANONYMOUS | MAP_NORESERVE,
              -1,
              0);
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
      fillAwaited(memory, awaited.result());
      threads.subList(1, threads.size()).forEach(TracedThread::awaitStop);
      if (UserNamespaces.areNeeded()) {
        NamespaceInit.keepProgram(area, memory);
        threads.forEach(thread -> giveUpRights(area, thread));
      }
      for (int i = 0; i < THREADS; i++) {
        long mapping = addresses[i * (MAPPINGS / THREADS)];
        byte[] words = awaitedWords(awaited.result(), i);
        memory.writeBytes(mapping + SECOND_CONTENT_OFFSET, words);
        NamespaceInit.idle(
            threads.get(i),
            mapping + FIRST_CONTENT_BYTES / 2,
            X8664.FUTEX_WAITV,
            mapping + SECOND_CONTENT_OFFSET,
            AWAITED_WORDS / THREADS);
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

  private static void fillAwaited(ProcessMemory memory, long address) {
    byte[] content = new byte[AWAITED_RUN_BYTES];
    Arrays.fill(content, AWAITED_BYTE);
    for (int offset = 0; offset < AWAITED_BYTES; offset += AWAITED_RUN_DISTANCE) {
      memory.writeBytes(address + offset, content);
    }
  }

  /**
   * Returns {@code struct futex_waitv[]} for a thread: when it runs again, the kernel looks at
   * every word before it lets the thread wait, and so misses page after page.
   */
  private static byte[] awaitedWords(long address, int thread) {
    int count = AWAITED_WORDS / THREADS;
    int distance = AWAITED_BYTES / AWAITED_WORDS & -Integer.BYTES;
    ByteBuffer words = ByteBuffer.allocate(24 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      int offset = (thread * count + i) * distance;
      boolean hasContent = offset % AWAITED_RUN_DISTANCE < AWAITED_RUN_BYTES;
      words.putLong(hasContent ? AWAITED_BYTE * 0x01010101L : 0);
      words.putLong(address + offset);
      words.putInt(FUTEX_SIZE_4_PRIVATE).putInt(0);
    }
    return words.array();
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
      tracer.run(() -> init.destroy(List.of()));
    }
  }
}
