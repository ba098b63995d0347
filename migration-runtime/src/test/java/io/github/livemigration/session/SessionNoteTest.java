package io.github.livemigration.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.restore.KeptDescriptors;
import io.github.livemigration.session.SessionState.Fate;
import io.github.livemigration.wire.SessionToken;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionNoteTest {
  @TempDir Path folder;

  private final SessionToken token = SessionToken.random();
  private final List<String> words = new ArrayList<>();

  /** Of a process that nobody has. */
  private ReceivedSession session() {
    return new ReceivedSession(
        token.bytes(),
        "",
        7,
        Integer.MAX_VALUE,
        1,
        HostIdentity.thisBootId(),
        1,
        1,
        true,
        new ReceivedSession.Pages(
            List.of(new AddressRange(4096, 8192)), List.of(), List.of(), List.of()),
        new KeptDescriptors(1, 4, 5, 6, 7),
        false,
        Optional.empty());
  }

  private Path only() throws IOException {
    try (ReceiverState state = ReceiverState.open(folder)) {
      assertThat(state.notes()).hasSize(1);
      return state.notes().get(0);
    }
  }

  @Test
  void noteIsReadAgainByItsOwnerOnly() throws Exception {
    SessionNote.prepared(folder, session()).committed();

    SessionNote found = SessionNote.found(only());

    assertThat(found.isCommitted()).isTrue();
    assertThat(found.session().sessionToken()).isEqualTo(token);
    assertThat(found.session().pages()).isEqualTo(session().pages());
    assertThat(Files.getPosixFilePermissions(only()))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    found.forget();
    assertThat(Files.exists(only(folder))).isFalse();
  }

  private Path only(Path ofFolder) {
    return ofFolder.resolve(Integer.MAX_VALUE + "-" + token + ".received");
  }

  @Test
  void folderHasOneReceiverAtATime() throws Exception {
    try (ReceiverState first = ReceiverState.open(folder)) {
      assertThat(first.notes()).isEmpty();
      assertThatThrownBy(() -> ReceiverState.open(folder))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("another receiver notes its sessions in " + folder);
    }
    ReceiverState.open(folder).close();
  }

  @Test
  void sessionThatNeverRanIsDeniedAndOneWhoseProcessIsGoneHasFailed() throws Exception {
    SessionNote.prepared(folder, session());

    assertThat(stateToldTo(token)).contains(Fate.ROLLED_BACK);

    SessionNote.found(only()).committed();
    assertThat(stateToldTo(token)).contains(Fate.FAILED);
    assertThat(words).anyMatch(word -> word.contains("its process is not there any more"));
    assertThat(words).noneMatch(word -> word.contains(HexFormat.of().formatHex(token.bytes())));
  }

  @Test
  void processThatEndedWithAllItsPagesHasCompleted() throws Exception {
    SessionNote note = SessionNote.prepared(folder, session());
    note.committed();
    note.arrived(new PageCompletion(1, 0, 0, 0, 1, 0, 0, 0, false, 0, 0, FaultLatency.NONE, 1));

    assertThat(stateToldTo(token)).contains(Fate.COMPLETED);
  }

  @Test
  void sessionsThatAreOverAreForgottenAfterADay() throws Exception {
    SessionNote.prepared(folder, session()).committed();
    Files.setLastModifiedTime(
        only(), FileTime.from(Instant.now().minus(Duration.ofDays(1)).minusSeconds(1)));

    assertThat(stateToldTo(token)).contains(Fate.FAILED);
    assertThat(stateToldTo(token)).isEmpty();
    assertThat(Files.exists(only(folder))).isFalse();
  }

  /** What a new receiver tells a source that asks. */
  private Optional<Fate> stateToldTo(SessionToken asking) throws Exception {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ReceiverListener listener =
        new ReceiverListener() {
          @Override
          public void warned(String message) {
            words.add(message);
          }
        };
    ReceiverOptions options = ReceiverOptions.on(loopback).withStateFolder(folder);
    try (Receiver receiver = Receiver.bind(options, listener)) {
      receiver.open();
      return Asking.state(receiver.address(), asking);
    }
  }
}
