package io.github.livemigration.session;

import static io.github.livemigration.session.StallingProxy.ENOUGH_TO_RESTORE;
import static io.github.livemigration.session.StallingProxy.MORE_MIB_THAN_PASS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.TlsKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Only the right keys let a process in; every refusal is one clear line on both sides. */
class TlsIT {
  @TempDir static Path keys;

  private static TlsKeys receiver;
  private static TlsKeys sender;
  private static TlsKeys stranger;
  private static TlsKeys deceived;
  private static TlsKeys second;
  private static Path receiverKey;
  private static Path receiverTrusts;
  private static Path senderKey;
  private static Path expired;
  private static Path trusted;
  private static TargetProcess target;

  @BeforeAll
  static void makeKeys() throws Exception {
    TestKeys made = new TestKeys(keys);
    receiverKey = made.key("receiver");
    senderKey = made.key("sender");
    Path strangerKey = made.key("stranger");
    expired = made.key("expired", "-10d", 5);
    trusted = made.trust("sender", "receiver");
    Path secondKey = made.key("second");
    receiverTrusts = made.trust("receiver", "sender", "expired", "second");
    receiver = TestKeys.load(receiverKey, receiverTrusts);
    second = TestKeys.load(secondKey, trusted);
    sender = TestKeys.load(senderKey, trusted);
    stranger = TestKeys.load(strangerKey, trusted);
    deceived = TestKeys.load(senderKey, made.trust("deceived", "stranger"));
    target = TargetProcess.python(keys, "counter.py", 1, 4);
    target.awaitMoreLines(20);
  }

  @AfterAll
  static void endTarget() {
    target.close();
  }

  @Test
  void rightKeysMoveTheProcess(@TempDir Path folder) throws Exception {
    try (TargetProcess moved = TargetProcess.python(folder, "counter.py", 1, 24);
        TestReceiver here =
            new TestReceiver(
                options ->
                    options
                        .withKeys(receiver)
                        .withPolicy(admitting(Set.of("CN=other", sender.own().fingerprint()))))) {
      moved.awaitMoreLines(20);

      MigrationReport report = here.receive(moved, options(here.address(), sender));

      assertThat(report.outcome()).isEqualTo(Outcome.COMPLETED);
      moved.awaitMoreLines(510);
      List<Long> numbers = moved.numbers();
      assertThat(numbers).isEqualTo(LongStream.rangeClosed(1, numbers.size()).boxed().toList());
    }
  }

  @Test
  void anotherKeyThatIsTrustedDoesNotTakeASessionOver(@TempDir Path folder) throws Exception {
    Path state = folder.resolve("state");
    try (TargetProcess moved = TargetProcess.python(folder, "counter.py", 1, MORE_MIB_THAN_PASS);
        TestReceiver here = new TestReceiver(options -> options.withKeys(receiver));
        StallingProxy proxy = new StallingProxy(here.address(), ENOUGH_TO_RESTORE)) {
      moved.awaitMoreLines(20);
      List<String> warnings = new CopyOnWriteArrayList<>();
      Sender first =
          new Sender(options(proxy.address(), sender).withStateFolder(state), noting(warnings));
      CompletableFuture<MigrationReport> sent =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return first.send(moved.pid());
                } catch (MigrationException e) {
                  throw new CompletionException(e);
                }
              });
      await().atMost(Duration.ofSeconds(60)).until(() -> here.arrived() > 0);
      SavedSession session = onlySession(state);

      for (ConnectionRole role :
          List.of(ConnectionRole.RESUME, ConnectionRole.DEMAND, ConnectionRole.PUSH)) {
        Dialer thief = Dialer.of(session, options(here.address(), second));
        assertThatThrownBy(() -> thief.connect(role))
            .isInstanceOf(IOException.class)
            .hasMessageContaining("UNKNOWN_SESSION");
      }
      assertThatThrownBy(() -> Dialer.of(session, options(here.address(), null)))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("begun under TLS");

      assertThat(warnings).isEmpty();
      proxy.release();
      assertThat(sent.get(60, TimeUnit.SECONDS).outcome()).isEqualTo(Outcome.COMPLETED);
      moved.movedTo(here.nextReport().hostPid());
      moved.awaitMoreLines(510);
    }
  }

  private static MigrationListener noting(List<String> warnings) {
    return new MigrationListener() {
      @Override
      public void warned(String message) {
        warnings.add(message);
      }
    };
  }

  private static SavedSession onlySession(Path state) throws IOException {
    try (Stream<Path> files = Files.list(state)) {
      return SessionFile.find(state, files.findFirst().orElseThrow().toString())
          .read()
          .orElseThrow();
    }
  }

  @Test
  void keyThatNobodyTrustsIsRefused() throws Exception {
    assertRefused(
        receiver,
        stranger,
        "may not accept the key of this side",
        "it has shown no certificate that is trusted here");
  }

  @Test
  void receiverThatIsNotTrustedIsRefused() throws Exception {
    assertRefused(receiver, deceived, "its certificate is not trusted here", "");
  }

  @Test
  void senderWithoutKeysIsRefused() throws Exception {
    assertRefused(
        receiver, null, "it may want --keystore and --truststore", "it may not speak TLS");
  }

  @Test
  void senderWithKeysDoesNotGoOnInTheClear() throws Exception {
    assertRefused(null, sender, "it may not speak TLS", "is not a migration peer");
  }

  @Test
  void senderThatIsNotOnTheListIsRefused() throws Exception {
    try (TestReceiver here =
        new TestReceiver(
            options -> options.withKeys(receiver).withPolicy(admitting(Set.of("CN=other"))))) {
      assertRefusedBy(here, sender, "the sender is not admitted here: CN=sender", "CN=sender");
    }
  }

  @Test
  void processThatThePolicyDoesNotAdmitRunsOnHere() throws Exception {
    ReceiverPolicy all = ReceiverPolicy.everything();
    ReceiverPolicy others =
        new ReceiverPolicy(all.senders(), Set.of(4711), all.maxBytes(), 1, all.paths());
    try (TestReceiver here = new TestReceiver(options -> options.withPolicy(others))) {
      assertRefusedBy(here, null, "the receiver's policy does not admit user id 0", "user id 0");
    }
  }

  @Test
  void olderTlsIsRefused() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(TestKeys.store(senderKey), TestKeys.PASSWORD.toCharArray());
    TrustManagerFactory others =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    others.init(TestKeys.store(trusted));
    context.init(own.getKeyManagers(), others.getTrustManagers(), null);
    try (TestReceiver here = new TestReceiver(options -> options.withKeys(receiver));
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket()) {
      socket.setEnabledProtocols(new String[] {"TLSv1.2"});
      socket.connect(here.address());

      assertThatThrownBy(socket::startHandshake)
          .isInstanceOf(SSLHandshakeException.class)
          .hasMessageContaining("protocol_version");
      assertThat(here.nextRejection()).contains("TLSv1.2");
    }
  }

  @Test
  void receiverThatOtherHostsReachTakesOnlyWhoHasAKey(@TempDir Path folder) throws Exception {
    Path password = Files.writeString(folder.resolve("password"), TestKeys.PASSWORD + "\n");
    String[] withKeys = {
      "--keystore=" + senderKey, "--truststore=" + trusted, "--password-file=" + password
    };
    try (NetworkOfItsOwn network = NetworkOfItsOwn.with("198.51.100.1");
        TargetProcess moved =
            TargetProcess.start(
                folder, network.inside(TargetProcess.pythonCommand("counter.py", 1, 4)));
        CommandLineJvm here =
            CommandLineJvm.start(
                folder,
                network.inside(List.of()),
                "receive",
                "--rehearsals=0",
                "--port=0",
                "--bind=198.51.100.1",
                "--keystore=" + receiverKey,
                "--truststore=" + receiverTrusts,
                "--password-file=" + password)) {
      moved.awaitMoreLines(20);
      InetSocketAddress to = here.address();
      assertThat(to.getAddress().isLoopbackAddress()).isFalse();

      String refused = send(folder, network, moved, to);
      assertThat(refused).contains("it may want --keystore and --truststore").endsWith("exit 1");
      moved.awaitMoreLines(5);

      assertThat(send(folder, network, moved, to, withKeys)).endsWith("exit 0");
      moved.movedTo(here.awaitRestored());
      moved.awaitMoreLines(510);
    }
  }

  private static String send(
      Path folder,
      NetworkOfItsOwn network,
      TargetProcess target,
      InetSocketAddress to,
      String... options)
      throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "send",
                "--rehearsals=0",
                "--pid=" + target.pid(),
                "--to=" + to.getAddress().getHostAddress() + ":" + to.getPort()));
    arguments.addAll(List.of(options));
    try (CommandLineJvm sender =
        CommandLineJvm.start(folder, network.inside(List.of()), arguments.toArray(new String[0]))) {
      int status = sender.process().waitFor();
      return sender.words() + "exit " + status;
    }
  }

  @Test
  void expiredKeyIsNotEvenLoaded() {
    assertThatThrownBy(() -> TestKeys.load(expired, trusted))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("expired.p12: the certificate of CN=expired is valid from")
        .hasMessageNotContaining(TestKeys.PASSWORD);
  }

  @Test
  void keyThatExpiresWhileASenderRunsIsRefused() throws Exception {
    TlsKeys old =
        TlsKeys.load(
            expired,
            trusted,
            TestKeys.PASSWORD.toCharArray(),
            Instant.now().minus(Duration.ofDays(7)));
    assertRefused(receiver, old, "certificate has expired", "certificate has expired");
  }

  @Test
  void wrongPasswordIsToldWithoutThePassword() {
    assertThatThrownBy(() -> TlsKeys.load(expired, trusted, "wrong".toCharArray()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("cannot be read as a PKCS#12 file with this password")
        .hasMessageNotContaining("wrong");
  }

  private static void assertRefused(
      @Nullable TlsKeys receiving, @Nullable TlsKeys sending, String words, String atReceiver)
      throws Exception {
    UnaryOperator<ReceiverOptions> choice =
        options -> receiving == null ? options : options.withKeys(receiving);
    try (TestReceiver here = new TestReceiver(choice)) {
      assertRefusedBy(here, sending, words, atReceiver);
    }
  }

  private static void assertRefusedBy(
      TestReceiver here, @Nullable TlsKeys sending, String words, String atReceiver)
      throws Exception {
    assertThatThrownBy(
            () ->
                new Sender(options(here.address(), sending), MigrationListener.none())
                    .send(target.pid()))
        .isInstanceOf(MigrationRolledBackException.class)
        .hasMessageContaining(words)
        .hasMessageContaining("the target runs on here, unharmed")
        .hasMessageNotContaining("\n");
    assertThat(here.nextRejection()).contains(atReceiver).doesNotContain("\n");
    target.awaitMoreLines(5);
  }

  private static SenderOptions options(InetSocketAddress to, @Nullable TlsKeys keys) {
    SenderOptions options = SenderOptions.to(to).withVerify(true);
    return keys == null ? options : options.withKeys(keys);
  }

  private static ReceiverPolicy admitting(Set<String> senders) {
    ReceiverPolicy all = ReceiverPolicy.everything();
    return new ReceiverPolicy(
        senders, all.userIds(), all.maxBytes(), all.maxThreads(), all.paths());
  }
}
