package io.github.livemigration.harness;

import io.github.livemigration.harness.NumberOutput.Attachment;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.session.MigrationMode;
import io.github.livemigration.session.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * One target that is forked, watched and moved, with a receiver in a process of its own.
 *
 * <p>Life: build, {@link #start}, any number of {@link #migrate}, {@link #close}. Closing may come
 * at any time, from any thread, and more than once; it leaves no process, no port and no file
 * behind. The other methods are for one thread at a time.
 */
public final class LiveMigrationHarness implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(2);

  private final HarnessSettings settings;
  private final NumberOutput output;
  private final OwnedProcesses owned = new OwnedProcesses();
  private final List<HandOver> handOvers = new CopyOnWriteArrayList<>();
  private final Object holding = new Object();
  private @Nullable Started started;
  private @Nullable MigrateProcess holder;
  private @Nullable Attachment holderOutput;
  private boolean moving;
  private volatile long targetPid;

  private LiveMigrationHarness(HarnessSettings settings) {
    this.settings = settings;
    this.output = new NumberOutput(settings.pattern(), settings.timeout());
  }

  /** A receiver, and what comes out of it. */
  private record Destination(ReceiverProcess receiver, Attachment output) {}

  /** What is there from the start. */
  private record Started(SourceProcess source, Destination destination) {}

  /** Begin to describe a harness for this target. */
  public static Builder of(TargetCommand target) {
    return new Builder(target);
  }

  /**
   * Start a receiver, and then the target.
   *
   * @throws HarnessException if one of them does not start; what has started is ended by {@link
   *     #close}
   */
  public void start() {
    owned.open();
    ReceiverProcess receiver = startReceiver(1);
    String address = receiver.awaitAddress(settings.timeout());
    SourceProcess source = SourceProcess.run(settings, address, owned.file("source-1.json"));
    owned.add(source.process());
    Attachment sourceOutput = output.attach("source", source.process().output());
    Attachment received = output.attach("destination", receiver.process().output());
    targetPid = source.awaitTarget(settings.timeout());
    owned.addTarget(targetPid);
    started = new Started(source, new Destination(receiver, received));
    hold(source.process(), sourceOutput);
  }

  HarnessSettings settings() {
    return settings;
  }

  /** What the target prints, wherever it runs. */
  public NumberOutput output() {
    return output;
  }

  /** The process id of the target, as this host sees it now. */
  public long targetPid() {
    return targetPid;
  }

  /** The moves that succeeded, in order. */
  public List<HandOver> handOvers() {
    return List.copyOf(handOvers);
  }

  /**
   * Move the target to a receiver, and wait until both sides have finished.
   *
   * <p>The first move is started by SIGUSR2 to the target, each later one by {@code send}.
   *
   * @throws MoveFailedException if the target did not move; the message tells where it runs now,
   *     and why
   * @throws HarnessException if the move could not be started
   */
  public HandOver migrate() {
    owned.checkOpen();
    MigrateProcess from = holder();
    if (from.exitStatus().isPresent()) {
      from.awaitExit(GRACE);
      throw new MoveFailedException(
          Outcome.FAILED, "the target ended before it could be moved; " + from.describe());
    }
    moving(true);
    try {
      return handOvers.isEmpty() ? firstHop() : laterHop(handOvers.size() + 1);
    } finally {
      moving(false);
      endIfHolderEnded();
    }
  }

  private HandOver firstHop() {
    Started both = started;
    if (both == null) {
      throw new IllegalStateException("the harness has not been started");
    }
    both.source().forgetReport();
    long requested = System.nanoTime();
    try {
      Signals.kill((int) targetPid, Signals.SIGUSR2);
    } catch (SystemCallException e) {
      if (e.errno() != Errno.ESRCH) {
        throw e; // ESRCH: it has just ended, as its supervisor is going to tell.
      }
    }
    return await(1, both.source(), both.destination(), requested);
  }

  private HandOver laterHop(int hop) {
    ReceiverProcess receiver = startReceiver(hop);
    String address = receiver.awaitAddress(settings.timeout());
    Attachment received = output.attach("destination " + hop, receiver.process().output());
    long requested = System.nanoTime();
    SourceProcess source =
        SourceProcess.send(settings, targetPid, address, owned.file("source-" + hop + ".json"));
    owned.add(source.process());
    return await(hop, source, new Destination(receiver, received), requested);
  }

  private HandOver await(
      int hop, SourceProcess source, Destination destination, long requestedNanoTime) {
    ReceiverProcess receiver = destination.receiver();
    try {
      HandOver handOver =
          new Hop(hop, source, receiver, requestedNanoTime).await(settings.timeout());
      output.reach(destination.output());
      awaitLastOutput();
      handOvers.add(handOver);
      receiver.restoredPid().ifPresent(pid -> targetPid = pid);
      hold(receiver.process(), destination.output());
      return handOver;
    } finally {
      receiver.restoredPid().ifPresent(owned::addTarget);
    }
  }

  private ReceiverProcess startReceiver(int hop) {
    String name = hop == 1 ? "receiver" : "receiver " + hop;
    ReceiverProcess receiver =
        ReceiverProcess.start(name, settings.migrate(), owned.file("destination-" + hop + ".json"));
    owned.add(receiver.process());
    return receiver;
  }

  /**
   * Wait until the target has ended by itself, wherever it runs.
   *
   * @return its exit status, as the side on which it ran returned it; empty if it runs on
   */
  public OptionalInt awaitExit(Duration atMost) {
    MigrateProcess current = holder();
    return current.awaitExit(atMost) ? current.exitStatus() : OptionalInt.empty();
  }

  /** The target, and what each process said and how it ended, for the message of a failure. */
  public String describe() {
    return "target: " + settings.target() + "\n" + owned.describe();
  }

  /** The process that the target runs under: {@code run}, and after a move the receiver. */
  private MigrateProcess holder() {
    synchronized (holding) {
      if (holder == null) {
        throw new IllegalStateException("the harness has not been started");
      }
      return holder;
    }
  }

  /** Read what the side that the target has left still holds in its pipe. */
  private void awaitLastOutput() {
    Attachment left;
    synchronized (holding) {
      left = holderOutput;
    }
    if (left != null) {
      Waiting.join(left.pump(), GRACE);
    }
  }

  private void hold(MigrateProcess process, Attachment processOutput) {
    synchronized (holding) {
      holder = process;
      holderOutput = processOutput;
    }
    var unused =
        process
            .handle()
            .onExit()
            .thenRun(
                () -> {
                  Waiting.join(processOutput.pump(), GRACE);
                  endIfHolderEnded();
                });
  }

  private void moving(boolean now) {
    synchronized (holding) {
      moving = now;
    }
  }

  /** Tell who waits for output that none will come, unless the target may just be on its way. */
  private void endIfHolderEnded() {
    synchronized (holding) {
      if (holder != null && !moving && holder.exitStatus().isPresent()) {
        output.end("the target has ended; " + holder.describe());
      }
    }
  }

  @Override
  public void close() {
    owned.close();
  }

  /** Describes a harness. Not thread-safe. */
  public static final class Builder {

    private final TargetCommand target;
    private @Nullable MigrateCommand migrate;
    private @Nullable MigrationMode mode;
    private boolean verifyPages;
    private Duration timeout = Duration.ofSeconds(60);
    private NumberPattern pattern = NumberPattern.whiteSpaceSeparated();

    private Builder(TargetCommand target) {
      this.target = target;
    }

    /** How the command line is started; by default from where this class comes from. */
    public Builder migrateCommand(MigrateCommand value) {
      migrate = value;
      return this;
    }

    /** When the memory travels; by default what the command line does by default. */
    public Builder mode(MigrationMode value) {
      mode = value;
      return this;
    }

    /** Whether the content of every page is compared at the end; by default not. */
    public Builder verifyPages(boolean value) {
      verifyPages = value;
      return this;
    }

    /** The longest that each single step may take; by default one minute. */
    public Builder timeout(Duration value) {
      if (value.isNegative() || value.isZero()) {
        throw new HarnessException("the timeout must be longer than 0, not " + value);
      }
      timeout = value;
      return this;
    }

    /** What is a number in the target's output; by default the words that are numbers. */
    public Builder numbers(NumberPattern value) {
      pattern = value;
      return this;
    }

    /**
     * Make the harness; nothing is started yet.
     *
     * @throws HarnessException if the command line's classes cannot be found
     */
    public LiveMigrationHarness build() {
      MigrateCommand command = migrate != null ? migrate : MigrateCommand.ofThisRuntime();
      return new LiveMigrationHarness(
          new HarnessSettings(target, command, mode, verifyPages, timeout, pattern));
    }
  }
}
