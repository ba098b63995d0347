package io.github.livemigration.pages;

import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.TestMemory;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.Loopback;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * A process' memory, a copy of it to be filled, and everything in between: page servers on loopback
 * connections and a {@link PostCopy}. Source and destination are in this process, or the
 * destination is in another one.
 */
final class PostCopyRig implements AutoCloseable {
  static final int PAGE = PageRun.PAGE_BYTES;

  final int pageCount;

  /** Where the pages really lie in this process. */
  final long source;

  /**
   * Where they belong; this is their address on the source, as far as {@link PostCopy} is
   * concerned.
   */
  final long destination;

  /**
   * Each reading of the push costs a permit; there are as many as anybody could want unless a test
   * takes them.
   */
  final Semaphore pushPermits = new Semaphore(Integer.MAX_VALUE / 2);

  /** The same for the demand connection. */
  final Semaphore demandPermits = new Semaphore(Integer.MAX_VALUE / 2);

  PostCopyOptions options = PostCopyOptions.defaults().withVerify(true);
  PostCopyListener listener = PostCopyListener.none();
  Runnable beforeInstallation = () -> {};
  final BitSet hot = new BitSet();
  PageMap map;

  private final UserfaultFd userfault;
  private final Pidfd process;
  private final boolean ownDestination;
  private final List<Thread> servers = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private @Nullable PostCopy postCopy;

  /** Fill memory of this process; {@link #register} comes next. */
  PostCopyRig(int pageCount) {
    this(pageCount, TestMemory.map((long) pageCount * PAGE), userfault(), self(), true);
  }

  /** Fill memory of another process, which is registered already. */
  PostCopyRig(int pageCount, long destination, OwnedFd userfault, Pidfd process) {
    this(pageCount, destination, new UserfaultFd(userfault), process, false);
  }

  private PostCopyRig(
      int pageCount,
      long destination,
      UserfaultFd userfault,
      Pidfd process,
      boolean ownDestination) {
    this.pageCount = pageCount;
    this.source = TestMemory.map((long) pageCount * PAGE);
    this.destination = destination;
    this.userfault = userfault;
    this.process = process;
    this.ownDestination = ownDestination;
    this.map = PageMap.of(List.of(new PageRun(destination, pageCount)));
    Random random = new Random(pageCount);
    byte[] content = new byte[PAGE];
    NativeBuffer page = NativeBuffer.allocate(PAGE);
    for (int i = 0; i < pageCount; i++) {
      // Every fifth page is zeros.
      if (i % 5 != 0) {
        random.nextBytes(content);
        page.put(0, content);
        TestMemory.copy(sourceOf(i), page.address(), PAGE);
      }
    }
  }

  private static UserfaultFd userfault() {
    UserfaultFd userfault = UserfaultFd.create(0);
    userfault.api(
        UserfaultFd.FEATURE_EVENT_REMAP
            | UserfaultFd.FEATURE_EVENT_REMOVE
            | UserfaultFd.FEATURE_EVENT_UNMAP);
    return userfault;
  }

  private static Pidfd self() {
    return Pidfd.open((int) ProcessHandle.current().pid());
  }

  long sourceOf(int page) {
    return source + (long) page * PAGE;
  }

  long destinationOf(int page) {
    return destination + (long) page * PAGE;
  }

  /** Register pages for missing faults. */
  void register(int firstPage, int count) {
    userfault.register(destinationOf(firstPage), (long) count * PAGE, UserfaultFd.MODE_MISSING);
  }

  /** Start filling. */
  PostCopy start() throws IOException {
    PostCopy started =
        new PostCopy(
            userfault,
            map,
            hot,
            serve(demandPermits),
            serve(pushPermits),
            process,
            new StandbyThreads(0),
            options,
            listener,
            beforeInstallation);
    postCopy = started;
    started.start();
    return started;
  }

  /**
   * End the service as if the receiver had died, and let another one take it over. Its connections
   * are lost until {@link PostCopy#reconnect}.
   */
  PostCopy takeOver() throws Exception {
    Objects.requireNonNull(postCopy).close();
    closeUserfaultsOfChildren();
    breakConnections();
    PostCopy taken =
        new PostCopy(
            userfault,
            map,
            hot,
            FrameChannel.unconnected(),
            FrameChannel.unconnected(),
            process,
            new StandbyThreads(0),
            options.withJournal(options.journal().continuation()),
            listener,
            beforeInstallation);
    postCopy = taken;
    taken.takeOver(process.pid(), false);
    return taken;
  }

  /** As the death of a receiver does: whoever kept one open would have to answer its faults. */
  private void closeUserfaultsOfChildren() {
    for (int number : ProcFs.descriptors(SelfProcess.pid())) {
      String link = "/proc/self/fd/" + number;
      if (number != userfault.number()
          && ProcFs.exists(link)
          && ProcFs.readLink(link).equals("anon_inode:[userfaultfd]")) {
        OwnedFd.adopt(number, "userfaultfd of a child").close();
      }
    }
  }

  /** Read what the kernel tells, and nothing more: the receiver dies before it has handled it. */
  int readMessages() {
    return options.journal().read(userfault, 0);
  }

  /** Returns the receiver's end of a new connection to a page server. */
  FrameChannel serve(Semaphore permits) throws IOException {
    Loopback loopback = Loopback.connect();
    PageSource pages =
        (address, count, into) -> {
          permits.acquireUninterruptibly();
          long length = (long) count * PAGE;
          TestMemory.copy(into.address(), source + (address - destination), length);
          return (int) length;
        };
    PageServer server = new PageServer(loopback.farFrames(), map, pages);
    Thread thread = new Thread(server, "page-server");
    thread.setDaemon(true);
    thread.start();
    servers.add(thread);
    open.add(loopback);
    return loopback.nearFrames();
  }

  /** Break all connections that there are. */
  void breakConnections() throws Exception {
    for (AutoCloseable connection : open) {
      connection.close();
    }
    open.clear();
  }

  /** The checksum that a correct receiver gets: all pages of the map that were not hot. */
  PageChecksum expectedChecksum() {
    PageChecksum checksum = new PageChecksum();
    NativeBuffer page = NativeBuffer.allocate(PAGE);
    for (int i = 0; i < map.pageCount(); i++) {
      if (!hot.get(i)) {
        long address = map.addressOf(i);
        TestMemory.copy(page.address(), source + (address - destination), PAGE);
        checksum.addAll(address, page, 1);
      }
    }
    return checksum;
  }

  /** Returns whether some pages of the destination are those of the source. */
  boolean isSame(int firstPage, int count) {
    return TestMemory.same(destinationOf(firstPage), sourceOf(firstPage), (long) count * PAGE);
  }

  @Override
  public void close() throws Exception {
    demandPermits.release(1 << 20);
    pushPermits.release(1 << 20);
    if (postCopy != null) {
      postCopy.close();
    }
    breakConnections();
    for (Thread server : servers) {
      server.join(); // It may be reading what is unmapped below.
    }
    userfault.close();
    process.close();
    TestMemory.unmap(source, (long) pageCount * PAGE);
    if (ownDestination) {
      TestMemory.unmap(destination, (long) pageCount * PAGE);
    }
  }

  /** Whether a page has nothing but zeros. */
  static boolean isZero(long address) {
    long zeros = TestMemory.map(PAGE);
    try {
      return TestMemory.same(address, zeros, PAGE);
    } finally {
      TestMemory.unmap(zeros, PAGE);
    }
  }
}
