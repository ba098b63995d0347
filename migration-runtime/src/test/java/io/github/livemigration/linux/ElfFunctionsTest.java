package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ElfFunctionsTest {
  private static final int SECTIONS = 64;
  private static final int SYMBOL = SECTIONS + 2 * 64;
  private static final int NAMES = SYMBOL + 24;

  @Test
  void functionIsFoundByItsName() {
    assertThat(ElfFunctions.of(objectWith("__vdso_time")))
        .containsOnlyKeys("__vdso_time")
        .containsValue(new ElfFunctions.Function(NAMES, 1));
  }

  /** Thousands of symbols could share one long name, each from another letter on. */
  @Test
  void nameOfAnyLengthIsRefused() {
    assertThat(ElfFunctions.of(objectWith("f".repeat(255)))).hasSize(1);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ElfFunctions.of(objectWith("f".repeat(256))))
        .withMessageContaining("a name of more than 255 bytes");
  }

  /** Two sections, dynamic symbols and their names, with one function. */
  private static byte[] objectWith(String name) {
    ByteBuffer object =
        ByteBuffer.allocate(NAMES + name.length() + 1).order(ByteOrder.LITTLE_ENDIAN);
    object.putInt(0, 0x464c457f).putLong(40, SECTIONS);
    object.putShort(58, (short) 64).putShort(60, (short) 2);
    object.putInt(SECTIONS + 4, 11).putLong(SECTIONS + 24, SYMBOL).putLong(SECTIONS + 32, 24);
    object.putInt(SECTIONS + 40, 1).putLong(SECTIONS + 64 + 24, NAMES);
    object.put(SYMBOL + 4, (byte) 2).putShort(SYMBOL + 6, (short) 1);
    object.putLong(SYMBOL + 8, NAMES).putLong(SYMBOL + 16, 1);
    object.position(NAMES);
    return object.put(name.getBytes(StandardCharsets.US_ASCII)).array();
  }
}
