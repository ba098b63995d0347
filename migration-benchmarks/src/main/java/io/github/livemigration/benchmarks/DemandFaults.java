package io.github.livemigration.benchmarks;

import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.ThreadPriority;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.pages.PageMap;
import io.github.livemigration.pages.PageRun;
import io.github.livemigration.pages.PageServer;
import io.github.livemigration.pages.PageSource;
import io.github.livemigration.pages.PostCopy;
import io.github.livemigration.pages.PostCopyListener;
import io.github.livemigration.pages.PostCopyOptions;
import io.github.livemigration.pages.ProcessPageSource;
import io.github.livemigration.pages.StandbyThreads;
import io.github.livemigration.wire.FrameChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;

/**
 * Faults as the thread that faults feels them: it touches pages in a scattered order, while the
 * page server of another JVM and the fault loop of this one do what they do after a migration.
 */
final class DemandFaults {
  private static final int PAGE_BYTES = 4096;

  /** Pages between two that are touched, so that neighbours of a page do not save a fault. */
  private static final int STRIDE = 64;

  private static final int ROUNDS = 4;
  private static final long ROUND_BYTES = 512L << 20;
  private static final String PUSH = "push";

  /**
   * A touch that was faster met a page that was there: below a request and reply, and above the
   * first touch of an installed page in a virtual machine.
   */
  private static final double SHORTEST_FAULT_MICROS = 20;

  private DemandFaults() {}

  /** Serves pages over two connections for each round; the second one only if asked to. */
  static final class Server {
    private Server() {}

    /** Serve: {@code push} or something else. */
    public static void main(String[] arguments) throws IOException {
      boolean push = arguments[0].equals(PUSH);
      try (AnonymousMemory memory = new AnonymousMemory(ROUND_BYTES);
          ServerSocketChannel server = LocalTcp.listen()) {
        byte[] block = new byte[1 << 20];
        new Random(1).nextBytes(block);
        for (long offset = 0; offset < ROUND_BYTES; offset += block.length) {
          memory.fill(offset, block);
        }
        for (int round = 0; round < ROUNDS; round++) {
          serve(server, memory, push);
        }
      }
    }

    private static void serve(ServerSocketChannel server, AnonymousMemory memory, boolean push)
        throws IOException {
      SocketChannel demand = LocalTcp.accept(server);
      long destination = readLong(demand);
      PageMap map = map(destination);
      ProcessPageSource own =
          new ProcessPageSource(ProcessMemory.open((int) ProcessHandle.current().pid()));
      PageSource source =
          (address, count, into) -> own.read(address - destination + memory.address(), count, into);
      SocketChannel bulk = LocalTcp.accept(server);
      if (push) {
        PageServer pages =
            new PageServer(FrameChannel.over(bulk), map, source, ThreadPriority::giveWay);
        Thread pushing = new Thread(() -> servePush(pages), "push pages");
        pushing.setDaemon(true);
        pushing.start();
      }
      ThreadPriority.raise(ThreadPriority.Urgency.SOME_THREAD_WAITS);
      new PageServer(FrameChannel.over(demand), map, source).run();
      ThreadPriority.reset();
      bulk.close();
    }

    /** As the product does. */
    private static void servePush(PageServer pages) {
      ThreadPriority.stepBack();
      pages.run();
    }

    private static long readLong(SocketChannel channel) throws IOException {
      ByteBuffer value = ByteBuffer.allocate(Long.BYTES);
      LocalTcp.readFully(channel, value);
      return value.getLong(0);
    }
  }

  private static PageMap map(long address) {
    return PageMap.of(List.of(new PageRun(address, ROUND_BYTES / PAGE_BYTES)));
  }

  /** Touches pages and prints how long each fault took: {@code ADDRESS:PORT}. */
  static final class Client {
    private Client() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
      for (int round = 0; round < ROUNDS; round++) {
        double[] faults = measure(arguments[0]);
        if (round > 0) {
          Printed.samples(faults);
        }
      }
    }

    private static double[] measure(String server) throws IOException, InterruptedException {
      try (AnonymousMemory memory = new AnonymousMemory(ROUND_BYTES);
          UserfaultFd userfault = UserfaultFd.create(0);
          Pidfd process = Pidfd.open((int) ProcessHandle.current().pid());
          StandbyThreads threads = new StandbyThreads(3)) {
        userfault.api(0);
        userfault.register(memory.address(), ROUND_BYTES, UserfaultFd.MODE_MISSING);
        SocketChannel demand = LocalTcp.connect(server);
        ByteBuffer address = ByteBuffer.allocate(Long.BYTES).putLong(0, memory.address());
        LocalTcp.writeFully(demand, address);
        try (PostCopy postCopy =
            new PostCopy(
                userfault,
                map(memory.address()),
                new BitSet(),
                FrameChannel.over(demand),
                FrameChannel.over(LocalTcp.connect(server)),
                process,
                threads,
                PostCopyOptions.defaults(),
                PostCopyListener.none())) {
          postCopy.start();
          return touch(memory);
        }
      }
    }

    private static double[] touch(AnonymousMemory memory) {
      int count = (int) (ROUND_BYTES / PAGE_BYTES / STRIDE);
      int[] order = new Random(2).ints(0, count).distinct().limit(count).toArray();
      double[] faults = new double[count];
      int found = 0;
      for (int i : order) {
        long start = System.nanoTime();
        memory.touch((long) i * STRIDE * PAGE_BYTES);
        double micros = (System.nanoTime() - start) / 1e3;
        if (micros > SHORTEST_FAULT_MICROS) {
          faults[found] = micros;
          found++;
        }
      }
      return Arrays.copyOf(faults, found);
    }
  }
}
