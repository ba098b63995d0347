package io.github.livemigration.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HelloTest {
  private final SessionToken token = SessionToken.random();

  @ParameterizedTest
  @EnumSource(ConnectionRole.class)
  void greetingArrives(ConnectionRole role) throws WireException {
    Hello hello = new Hello(role, token);

    assertThat(Hello.decode(hello.encode())).isEqualTo(hello);
  }

  @Test
  void greetingStartsWithMagicVersionAndRole() {
    byte[] encoded = new Hello(ConnectionRole.DEMAND, token).encode();

    assertThat(Arrays.copyOf(encoded, 8)).isEqualTo(new byte[] {'L', 'M', 'I', 'G', 0, 1, 0, 2});
    assertThat(encoded).hasSize(24);
  }

  @Test
  void versionOfALaterPeerIsReadable() throws WireException {
    Hello later = new Hello(65_535, ConnectionRole.PUSH, token);

    assertThat(Hello.decode(later.encode()).version()).isEqualTo(65_535);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 23, 25, 1000})
  void greetingOfAnotherLengthIsRefused(int length) {
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> Hello.decode(new byte[length]))
        .withMessage("HELLO: length " + length + " instead of 24");
  }

  @Test
  void wrongMagicAndUnknownRoleAreRefused() {
    byte[] wrongMagic = new Hello(ConnectionRole.CONTROL, token).encode();
    wrongMagic[0] = 'X';
    byte[] unknownRole = new Hello(ConnectionRole.CONTROL, token).encode();
    unknownRole[7] = 5;

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> Hello.decode(wrongMagic))
        .withMessage("HELLO.magic: 0x584d4947 instead of 0x4c4d4947");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> Hello.decode(unknownRole))
        .withMessage("HELLO.role: unknown number 5");
  }

  @ParameterizedTest
  @EnumSource(value = HelloReply.Status.class, mode = EnumSource.Mode.EXCLUDE, names = "ACCEPTED")
  void rejectionArrivesWithItsReason(HelloReply.Status status) throws WireException {
    HelloReply reply = HelloReply.rejected(status, "two sessions already — wait");

    assertThat(HelloReply.decode(reply.encode())).isEqualTo(reply);
  }

  @Test
  void acceptanceIsEightBytes() throws WireException {
    byte[] encoded = HelloReply.accepted().encode();

    assertThat(encoded).hasSize(8);
    assertThat(HelloReply.decode(encoded)).isEqualTo(HelloReply.accepted());
  }

  @Test
  void longReasonIsCut() throws WireException {
    byte[] encoded = HelloReply.rejected(HelloReply.Status.BUSY, "x".repeat(5000)).encode();

    assertThat(HelloReply.decode(encoded).reason()).hasSize(1024);
  }

  @Test
  void badRepliesAreRefused() {
    byte[] unknownStatus = HelloReply.accepted().encode();
    unknownStatus[7] = 9;

    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> HelloReply.decode(unknownStatus))
        .withMessage("HELLO_REPLY.status: unknown number 9");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> HelloReply.decode(new byte[7]))
        .withMessage("HELLO_REPLY: length 7 is not between 8 and 1032");
    assertThatExceptionOfType(WireException.class)
        .isThrownBy(() -> HelloReply.decode(new byte[8]))
        .withMessageStartingWith("HELLO_REPLY.magic");
  }

  @Test
  void tokensAreDifferentAndShowOnlyTheirStart() {
    assertThat(SessionToken.random()).isNotEqualTo(token);
    assertThat(SessionToken.of(token.bytes())).isEqualTo(token).hasSameHashCodeAs(token);
    assertThat(token.toString()).hasSize(8);
  }
}
