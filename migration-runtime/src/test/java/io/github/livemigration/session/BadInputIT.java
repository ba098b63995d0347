package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.SelfProcess;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.tracee.TracedThread;
import io.github.livemigration.tracee.Tracer;
import io.github.livemigration.wire.ConnectionRole;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.Hello;
import io.github.livemigration.wire.HelloReply;
import io.github.livemigration.wire.SessionToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What goes wrong is told by name; the target runs on unharmed and the receiver goes on listening.
 */
class BadInputIT {
  private static final int KERNEL_THREAD = 2;

  @TempDir Path folder;

  @Test
  void processThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> send(4_000_000, nobody()))
        .isInstanceOf(MigrationRefusedException.class)
        .hasMessageContaining("process 4000000")
        .hasMessageContaining("ENOENT");
  }

  @Test
  void kernelThreadIsRefused() {
    assertThatThrownBy(() -> send(KERNEL_THREAD, nobody()))
        .isInstanceOf(MigrationException.class)
        .hasMessageContaining("process 2");
  }

  @Test
  void senderItselfIsRefused() {
    assertThatThrownBy(() -> send(SelfProcess.pid(), nobody()))
        .isInstanceOf(MigrationRefusedException.class)
        .hasMessageContaining("it is the sender itself");
  }

  @Test
  void tracedProcessIsRefused() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        Tracer debugger = new Tracer("debugger")) {
      target.awaitMoreLines(5);
      TracedThread traced = debugger.call(() -> TracedThread.seize(target.pid(), 0));
      assertThatThrownBy(() -> send(target.pid(), nobody()))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("traces it already");
      assertUnharmed(target);
      debugger.run(
          () -> {
            traced.interrupt();
            traced.awaitStop();
            traced.detach();
          });
    }
  }

  @Test
  void socketIsRefusedByItsDescriptor() throws Exception {
    try (TargetProcess target =
            TargetProcess.start(
                folder,
                List.of(
                    "/usr/bin/python3",
                    "-uc",
                    """
                    import socket, time
                    s = socket.socket()
                    n = 0
                    while True:
                      n += 1; print(n); time.sleep(0.001)
                    """));
        TestReceiver receiver = new TestReceiver()) {
      target.awaitMoreLines(5);
      assertThatThrownBy(() -> receiver.receive(target))
          .isInstanceOf(MigrationRefusedException.class)
          .hasMessageContaining("descriptor 3 (socket:")
          .hasMessageContaining("sockets are not carried yet");
      assertUnharmed(target);
    }
  }

  @Test
  void nobodyListeningLeavesTheTargetRunning() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1)) {
      target.awaitMoreLines(5);
      assertThatThrownBy(() -> send(target.pid(), nobody()))
          .isInstanceOf(MigrationRolledBackException.class)
          .hasMessageContaining("no receiver at localhost:")
          .hasMessageContaining("the target runs on here, unharmed");
      assertUnharmed(target);
    }
  }

  @Test
  void portThatSpeaksHttpIsNoReceiver() throws Exception {
    try (TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1);
        ServerSocket http = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      target.awaitMoreLines(5);
      Thread server = new Thread(() -> answerHttp(http));
      server.setDaemon(true);
      server.start();
      assertThatThrownBy(() -> send(target.pid(), (InetSocketAddress) http.getLocalSocketAddress()))
          .isInstanceOf(MigrationRolledBackException.class)
          .hasMessageContaining("is not a migration peer");
      assertUnharmed(target);
    }
  }

  private static void answerHttp(ServerSocket http) {
    try (Socket client = http.accept()) {
      client
          .getOutputStream()
          .write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      client.getOutputStream().flush();
      client.getInputStream().readAllBytes();
    } catch (IOException e) {
      assertThat(http.isClosed()).isTrue();
    }
  }

  @Test
  void garbageAndTruncatedFramesLeaveTheReceiverListening() throws Exception {
    Random random = new Random(4711);
    try (TestReceiver receiver = new TestReceiver();
        TargetProcess target = TargetProcess.python(folder, "counter.py", 1, 1)) {
      for (int attempt = 0; attempt < 20; attempt++) {
        byte[] garbage = new byte[1 + random.nextInt(200)];
        random.nextBytes(garbage);
        try (Socket client = new Socket()) {
          client.connect(receiver.address());
          client.getOutputStream().write(garbage);
        }
        assertThat(receiver.nextRejection()).startsWith("connection from ");
      }
      target.awaitMoreLines(5);
      assertThat(receiver.receive(target).outcome()).isEqualTo(Outcome.COMPLETED);
      target.awaitMoreLines(5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"freeze", "capture", "restore", "commit"})
  void targetThatEndsMeanwhileIsTold(String phase) throws Exception {
    try (TestReceiver receiver = new TestReceiver();
        TargetProcess doomed = TargetProcess.python(folder, "counter.py", 1, 8);
        TargetProcess next = TargetProcess.python(folder, "counter.py", 1, 1)) {
      doomed.awaitMoreLines(5);
      MigrationListener killer =
          new MigrationListener() {
            @Override
            public void phaseBegan(String name) {
              if (name.equals(phase)) {
                Signals.kill(doomed.pid(), Signals.SIGKILL);
              }
            }
          };
      Sender sender = new Sender(SenderOptions.to(receiver.address()), killer);

      assertThatThrownBy(() -> sender.send(doomed.pid()))
          .isInstanceOf(MigrationRolledBackException.class)
          .hasMessageEndingWith("; the target has ended");
      assertThat(receiver.nextReport().outcome()).isEqualTo(Outcome.ROLLED_BACK);

      next.awaitMoreLines(5);
      assertThat(receiver.receive(next).outcome()).isEqualTo(Outcome.COMPLETED);
      next.awaitMoreLines(5);
    }
  }

  @Test
  void targetThatIsKilledAtAnyMomentLeavesTheReceiverListening() throws Exception {
    Random random = new Random(17);
    try (TestReceiver receiver = new TestReceiver()) {
      for (int round = 0; round < 12; round++) {
        try (TargetProcess doomed = TargetProcess.python(folder, "counter.py", 1, 8)) {
          doomed.awaitMoreLines(5);
          int pid = doomed.pid();
          CompletableFuture<Void> killing =
              CompletableFuture.runAsync(
                  () -> killIfThere(pid),
                  CompletableFuture.delayedExecutor(random.nextInt(40_000), TimeUnit.MICROSECONDS));
          try {
            send(pid, receiver.address());
            doomed.movedTo(nextCompleted(receiver).hostPid());
          } catch (MigrationException e) {
            assertThat(e).hasMessageMatching("(?s).*(has ended|ended while|ESRCH|ENOENT).*");
          }
          killing.join();
        }
      }
      try (TargetProcess next = TargetProcess.python(folder, "counter.py", 1, 1)) {
        next.awaitMoreLines(5);
        send(next.pid(), receiver.address());
        next.movedTo(nextCompleted(receiver).hostPid());
        next.awaitMoreLines(5);
      }
    }
  }

  private static MigrationReport nextCompleted(TestReceiver receiver) throws Exception {
    MigrationReport report = receiver.nextReport();
    while (report.outcome() != Outcome.COMPLETED) {
      report = receiver.nextReport();
    }
    return report;
  }

  private static void killIfThere(int pid) {
    try {
      Signals.kill(pid, Signals.SIGKILL);
    } catch (SystemCallException e) {
      assertThat(e.errno()).isEqualTo(Errno.ESRCH);
    }
  }

  @Test
  void processOfAnotherUserIsRefusedToSendersWithoutPrivilege() throws Exception {
    List<String> nobody =
        List.of("/usr/bin/setpriv", "--reuid=65534", "--clear-groups", "/usr/bin/sleep", "60");
    try (TargetProcess target = TargetProcess.start(folder, nobody)) {
      CommandLineJvm sender =
          CommandLineJvm.start(
              folder,
              List.of("/usr/bin/setpriv", "--bounding-set=-all", "--inh-caps=-all"),
              "send",
              "--pid",
              Integer.toString(target.pid()),
              "--to",
              "127.0.0.1:" + nobody().getPort());

      assertThat(sender.process().waitFor()).as(sender.words()).isEqualTo(1);
      assertThat(sender.words().lines().filter(line -> line.startsWith("refused: ")))
          .singleElement()
          .asString()
          .contains("process " + target.pid() + " cannot be opened")
          .contains("EACCES");
      assertThat(target.isAlive()).isTrue();
    }
  }

  @Test
  void senderThatVanishesAfterItsProposalLeavesNothing() throws Exception {
    try (TestReceiver receiver = new TestReceiver()) {
      SessionToken token = SessionToken.random();
      FrameChannel control = FrameChannel.connect(receiver.address(), Duration.ofSeconds(60));
      control.send(FrameType.HELLO, new Hello(ConnectionRole.CONTROL, token).encode());
      HelloReply reply = HelloReply.decode(control.receive(FrameType.HELLO_REPLY).payload());
      assertThat(reply.status()).isEqualTo(HelloReply.Status.ACCEPTED);
      control.send(FrameType.PREPARE, ByteBuffer.allocate(10));
      assertThat(receiver.nextRejection()).contains("was not taken over");
      control.close();
    }
  }

  @Test
  void portInUseIsTold() throws Exception {
    try (TestReceiver receiver = new TestReceiver()) {
      assertThatThrownBy(() -> Receiver.bind(ReceiverOptions.on(receiver.address()), receiver))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("in use");
    }
  }

  private static void assertUnharmed(TargetProcess target) throws Exception {
    target.awaitMoreLines(20);
    List<Long> numbers = target.numbers();
    assertThat(numbers.get(numbers.size() - 1)).isEqualTo(numbers.size());
  }

  private static MigrationReport send(int pid, InetSocketAddress to) throws MigrationException {
    return new Sender(SenderOptions.to(to), MigrationListener.none()).send(pid);
  }

  private static InetSocketAddress nobody() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }
}
