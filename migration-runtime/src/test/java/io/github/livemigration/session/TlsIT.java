package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.livemigration.wire.TlsKeys;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
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
  private static Path expired;
  private static Path trusted;
  private static TargetProcess target;

  @BeforeAll
  static void makeKeys() throws Exception {
    TestKeys made = new TestKeys(keys);
    Path receiverKey = made.key("receiver");
    Path senderKey = made.key("sender");
    Path strangerKey = made.key("stranger");
    expired = made.key("expired", "-10d", 5);
    trusted = made.trust("sender", "receiver");
    receiver = TestKeys.load(receiverKey, made.trust("receiver", "sender", "expired"));
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
