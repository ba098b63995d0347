package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessStatus;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.programs.Holdings;
import io.github.livemigration.wire.ConnectionClosedException;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.Frame;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Hello;
import io.github.livemigration.wire.HelloReply;
import io.github.livemigration.wire.RecordCodec;
import io.github.livemigration.wire.SessionToken;
import io.github.livemigration.wire.WireException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One side lies to the other in well formed messages, while a real process moves. The other side
 * answers with one line, nothing is left of the attempt, and the truth is then taken as before: in
 * the long form after each lie.
 */
class LyingPeerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What classes that are loaded late, and caches, may take. */
  private static final long MOST_GROWTH_KIB = 16 * 1024;

  private static final boolean LONG = "long".equals(System.getProperty("migrate.tests"));
  private static final int SOME = 8;
  private static final int VANISHING = 200;

  /** More than is sent before the freeze, so that pages are to come after COMMIT. */
  private static final int MEBIBYTES = 24;

  @TempDir static Path folder;

  private static TargetProcess target;
  private static TestReceiver receiver;
  private static Holdings before;
  private static int attempts;

  @BeforeAll
  static void moveOnce() throws Exception {
    ReceiverPolicy tidy =
        new ReceiverPolicy(
            Set.of(), Set.of(), Long.MAX_VALUE, Integer.MAX_VALUE, List.of(Path.of("/")));
    receiver = new TestReceiver(options -> options.withPolicy(tidy));
    target = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
    target.awaitMoreLines(5);
    receiver.receive(target);
    receiver.receive(target);
    await().atMost(PATIENCE).until(() -> Holdings.now().children() == 1);
    before = Holdings.now();
  }

  @AfterAll
  static void end() throws Exception {
    try {
      assertTheTruthIsTaken();
    } finally {
      target.close();
      receiver.close();
    }
  }

  @ParameterizedTest
  @MethodSource("io.github.livemigration.session.Lies#ofSenders")
  void lieOfASenderIsRefused(Lie lie) throws Exception {
    try (FrameRelay relay = new FrameRelay(receiver.address(), lie.once(), FrameRelay::asItIs)) {
      assertRefused(relay, lie.words());
    }
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @MethodSource("io.github.livemigration.session.Lies#ofReceivers")
  void lieOfAReceiverLeavesTheTargetRunning(Lie lie) throws Exception {
    try (FrameRelay relay = new FrameRelay(receiver.address(), FrameRelay::asItIs, lie.once())) {
      assertRefused(relay, lie.words());
    }
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @MethodSource("io.github.livemigration.session.Lies#ofSendersInPostCopy")
  void lieInPostCopyIsAnOutage(Lie lie) throws Exception {
    try (FrameRelay relay = new FrameRelay(receiver.address(), lie.once(), FrameRelay::asItIs)) {
      MigrationReport report = receiver.receive(target, to(relay));

      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    }
    assertNothingIsLeft();
  }

  /** Each proposal costs the receiver a look at all files, or a reading of them. */
  @Test
  void proposalsWithoutEndAreRefused() throws Exception {
    AtomicInteger proposals = new AtomicInteger();
    List<Frame> lies = new CopyOnWriteArrayList<>();
    FrameRelay.Passing elsewhere =
        (frame, from, to) -> {
          if (frame.type() == FrameType.PREPARE) {
            lies.add(ofAnotherHost(frame));
            FrameRelay.asItIs(lies.get(0), from, to);
          } else {
            FrameRelay.asItIs(frame, from, to);
          }
        };
    FrameRelay.Passing again =
        (frame, from, to) -> {
          if (frame.type() == FrameType.PREPARED && proposals.incrementAndGet() < 20) {
            FrameRelay.asItIs(lies.get(0), to, from);
          } else {
            FrameRelay.asItIs(frame, from, to);
          }
        };
    try (FrameRelay relay = new FrameRelay(receiver.address(), elsewhere, again)) {
      assertRefused(relay, "PREPARE where PLAN was due");
    }
    assertThat(proposals).hasValue(2);
    assertNothingIsLeft();
  }

  /** Files of another host are compared by their content, which is not told. */
  private static Frame ofAnotherHost(Frame proposal) throws IOException {
    RecordCodec<MigrationProposal> codec = RecordCodec.of(MigrationProposal.class);
    MigrationProposal truth = codec.decode(proposal.payload());
    MigrationProposal other = RecordEdit.with(truth, "host.bootId", it -> "another boot");
    return new Frame(
        FrameType.PREPARE,
        codec.encode(RecordEdit.with(other, "files.contentHash", it -> new byte[0])));
  }

  @Test
  void greetingsOutOfOrderAreRefused() throws Exception {
    SessionToken token = SessionToken.random();
    assertThat(greet(ConnectionRole.PUSH, token)).isEqualTo(HelloReply.Status.UNKNOWN_SESSION);
    assertThat(greet(ConnectionRole.RESUME, token)).isEqualTo(HelloReply.Status.UNKNOWN_SESSION);
    try (FrameChannel control = hello(ConnectionRole.CONTROL, token)) {
      assertThat(statusOf(control)).isEqualTo(HelloReply.Status.ACCEPTED);
      try (FrameChannel demand = hello(ConnectionRole.DEMAND, token)) {
        assertThat(statusOf(demand)).isEqualTo(HelloReply.Status.ACCEPTED);
        assertThat(greet(ConnectionRole.DEMAND, token))
            .isEqualTo(HelloReply.Status.UNKNOWN_SESSION);
      }
      try (FrameChannel second = hello(ConnectionRole.CONTROL, token)) {
        assertThatExceptionOfType(ConnectionClosedException.class)
            .isThrownBy(() -> statusOf(second));
      }
    }
    assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);
    assertThat(greet(ConnectionRole.DEMAND, token)).isEqualTo(HelloReply.Status.UNKNOWN_SESSION);
    assertNothingIsLeft();
  }

  /** Some of them just before they are answered. */
  @Test
  void sendersThatVanishWhileTheyAreGreetedLeaveNothing() throws Exception {
    try (TestReceiver other = new TestReceiver()) {
      Holdings own = Holdings.now();
      for (int i = 0; i < VANISHING; i++) {
        SocketChannel socket = SocketChannel.open(other.address());
        socket.setOption(StandardSocketOptions.SO_LINGER, 0); // Closing resets the connection.
        try (FrameChannel channel = FrameChannel.over(socket)) {
          Hello hello = new Hello(ConnectionRole.CONTROL, SessionToken.random());
          channel.send(FrameType.HELLO, hello.encode());
          LockSupport.parkNanos(i * 1_000L);
        }
      }
      for (int i = 0; i < VANISHING; i++) {
        assertThat(other.nextRejection()).isNotBlank();
      }
      await()
          .atMost(PATIENCE)
          .pollInSameThread()
          .until(Holdings::now, holdings -> holdings.isNoMoreThan(own));
    }
  }

  private static HelloReply.Status greet(ConnectionRole role, SessionToken token)
      throws IOException {
    try (FrameChannel channel = hello(role, token)) {
      return statusOf(channel);
    }
  }

  private static FrameChannel hello(ConnectionRole role, SessionToken token) throws IOException {
    FrameChannel channel = FrameChannel.connect(receiver.address(), PATIENCE);
    channel.send(FrameType.HELLO, new Hello(role, token).encode());
    return channel;
  }

  private static HelloReply.Status statusOf(FrameChannel channel) throws IOException {
    return HelloReply.decode(channel.receive(FrameType.HELLO_REPLY).payload()).status();
  }

  /**
   * It must not bring the source back to life beside the copy that runs. Pages may come before the
   * source has heard of the resume, when it has nothing yet to hold against a denial.
   */
  @Test
  void receiverThatDeniesWhatItHasResumedChangesNothing() throws Exception {
    CompletableFuture<Boolean> heard = new CompletableFuture<>();
    MigrationListener hearing =
        new MigrationListener() {
          @Override
          public void phaseBegan(String name) {
            if (name.equals("post-copy")) {
              heard.complete(true);
            }
          }
        };
    FrameRelay.Passing losing = losing(FrameType.PAGES);
    FrameRelay.Passing losingLater =
        (frame, from, to) -> {
          if (frame.type() == FrameType.PAGES) {
            heard.join();
          }
          losing.pass(frame, from, to);
        };
    Lie denial =
        Lie.about(
            FrameType.STATE, "denial", truth -> List.of(stateOf(SessionState.Fate.ROLLED_BACK)));
    try (FrameRelay relay = new FrameRelay(receiver.address(), losingLater, denial.once())) {
      assertKeptStopped(relay, hearing, "the destination denies that it runs the process");
    } finally {
      heard.complete(true); // So that the relay ends also where the move has come to nothing.
    }
    assertNothingIsLeft();
  }

  @Test
  void receiverThatCompletesWithoutThePagesIsNotBelieved() throws Exception {
    Lie early =
        Lie.about(FrameType.RESUMED, "early", truth -> List.of(truth, completionOfNothing()));
    FrameRelay.Passing unheard = losing(FrameType.COMPLETE_ACK);
    try (FrameRelay relay = new FrameRelay(receiver.address(), unheard, early.once())) {
      assertKeptStopped(relay, MigrationListener.none(), "the destination accounts for 0 pages");
    }
    assertNothingIsLeft();
  }

  /** The destination cannot have the rest, so what the source has is the only copy. */
  @Test
  void sourceThatRefusesItsPagesLosesTheCopyThatLacksThem() throws Exception {
    Lie lie = Lie.about(FrameType.PAGES, "refusal", truth -> List.of(refusal()));
    try (TargetProcess other = TargetProcess.python(folder, "counter.py", 1, MEBIBYTES);
        FrameRelay relay = new FrameRelay(receiver.address(), lie.once(), FrameRelay::asItIs)) {
      other.awaitMoreLines(5);
      assertThatExceptionOfType(MigrationFailedException.class)
          .isThrownBy(() -> new Sender(to(relay), MigrationListener.none()).send(other.pid()))
          .withMessageContaining("the destination has given up and killed its copy");

      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.FAILED);
      String words = receiver.nextRejection();
      while (!words.contains("the source refuses pages that it has announced")) {
        words = receiver.nextRejection(); // Others are answers to other lies.
      }
      Signals.kill(other.pid(), Signals.SIGCONT);
      other.awaitMoreLines(5);
    }
    assertNothingIsLeft();
  }

  private static Frame refusal() {
    return new Frame(FrameType.ERROR, "no".getBytes(StandardCharsets.UTF_8));
  }

  /** Returns a way that ends with the first frame of a type, and is there again for others. */
  private static FrameRelay.Passing losing(FrameType type) {
    AtomicBoolean lost = new AtomicBoolean();
    return (frame, from, to) -> {
      if (frame.type() == type && lost.compareAndSet(false, true)) {
        throw new IOException("lost");
      }
      FrameRelay.asItIs(frame, from, to);
    };
  }

  private static Frame stateOf(SessionState.Fate fate) throws WireException {
    return new Frame(
        FrameType.STATE, RecordCodec.of(SessionState.class).encode(new SessionState(fate)));
  }

  private static Frame completionOfNothing() throws WireException {
    PageCompletion nothing =
        new PageCompletion(0, 0, 0, 0, 0, 0, 0, 0, false, 0, 0, FaultLatency.NONE, 0);
    return new Frame(FrameType.COMPLETE, RecordCodec.of(PageCompletion.class).encode(nothing));
  }

  /** The source is stopped, and an honest connection finishes the move. */
  private static void assertKeptStopped(FrameRelay relay, MigrationListener listener, String words)
      throws Exception {
    int source = target.pid();
    MigrationFailedException failure =
        catchThrowableOfType(
            MigrationFailedException.class, () -> new Sender(to(relay), listener).send(source));

    assertThat(failure).hasMessageContaining(words).hasMessageContaining("is kept stopped here");
    await()
        .atMost(PATIENCE)
        .until(() -> ProcessStatus.parse(ProcFs.read(source, "status")).state() == 'T');
    Matcher session = Pattern.compile("--resume (\\S+?)'").matcher(failure.getMessage());
    assertThat(session.find()).as("a session to resume").isTrue();
    SenderOptions honest =
        SenderOptions.to(receiver.address()).withStateFolder(folder.resolve("state"));
    new Sender(honest, MigrationListener.none()).resume(session.group(1));
    MigrationReport report = receiver.nextReport();
    assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
    target.movedTo(report.hostPid());
  }

  private static SenderOptions to(FrameRelay relay) throws IOException {
    return SenderOptions.to(relay.address())
        .withVerify(true)
        .withStateFolder(folder.resolve("state"));
  }

  private static void assertRefused(FrameRelay relay, String words) throws Exception {
    MigrationException failure =
        catchThrowableOfType(
            MigrationException.class,
            () -> new Sender(to(relay), MigrationListener.none()).send(target.pid()));

    MigrationReport received = receiver.nextReport();
    if (failure == null) {
      target.movedTo(received.hostPid()); // For the lies that follow.
    }
    assertThat(failure).as("the refusal").isNotNull();
    assertThat(received.outcome()).isEqualTo(failure.report().outcome());
    assertThat(failure.report().outcome()).isIn(Outcome.ROLLED_BACK, Outcome.REFUSED);
    assertThat(failure).hasMessageFindingMatch(words);
    assertThat(failure.getMessage()).doesNotContain("\n");
  }

  /** What is left adds up, so that a build need not look each time. */
  private static void assertNothingIsLeft() throws Exception {
    assertGoesOn();
    attempts++;
    if (LONG || attempts % SOME == 0) {
      assertTheTruthIsTaken();
    }
  }

  private static void assertTheTruthIsTaken() throws Exception {
    assertThat(receiver.receive(target).outcome()).isEqualTo(Outcome.COMPLETED);
    assertGoesOn();
    Holdings after =
        await()
            .atMost(PATIENCE)
            .pollInSameThread()
            .until(Holdings::now, holdings -> holdings.isNoMoreThan(before));
    assertThat(after.usedKib()).isLessThan(before.usedKib() + MOST_GROWTH_KIB);
  }

  private static void assertGoesOn() throws IOException {
    target.awaitMoreLines(5);
    List<Long> numbers = target.numbers();
    assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
  }
}
