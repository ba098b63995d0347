package io.github.livemigration.restore;

import io.github.livemigration.linux.ElfFunctions;
import io.github.livemigration.linux.ElfFunctions.Function;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The vdso that a target knows from another kernel, with its functions replaced by jumps to those
 * of this host's kernel.
 *
 * <p>The code of a vdso fits the data pages of its own kernel only. A program keeps the addresses
 * of the functions, so the old code stays where it was; the way in leads to the new one.
 */
public final class ForwardingVdso {
  /** {@code mov r11, address; jmp r11}: this register is lost in any call. */
  private static final int JUMP_BYTES = 13;

  private ForwardingVdso() {}

  /**
   * Returns the names of functions for which there is no way in: this host's kernel lacks them, or
   * their code is too short for a jump.
   *
   * @throws IllegalArgumentException for what is no vdso
   */
  public static List<String> obstacles(byte[] known, byte[] own) {
    Map<String, Function> here = ElfFunctions.of(own);
    List<String> names = new ArrayList<>();
    ElfFunctions.of(known)
        .forEach(
            (name, function) -> {
              if (!here.containsKey(name) || function.lengthBytes() < JUMP_BYTES) {
                names.add(name);
              }
            });
    return names;
  }

  /**
   * Returns the code to put where the known one was.
   *
   * @param known the target's vdso
   * @param own this host's
   * @param ownAddress where this host's is mapped in the process
   */
  static byte[] code(byte[] known, byte[] own, long ownAddress) {
    Map<String, Function> here = ElfFunctions.of(own);
    ByteBuffer code = ByteBuffer.wrap(known.clone()).order(ByteOrder.LITTLE_ENDIAN);
    ElfFunctions.of(known)
        .forEach(
            (name, function) -> {
              Function target = here.get(name);
              if (target == null || function.lengthBytes() < JUMP_BYTES) {
                throw new IllegalArgumentException("no way into the vdso's " + name);
              }
              code.position(function.offset());
              code.put((byte) 0x49).put((byte) 0xbb).putLong(ownAddress + target.offset());
              code.put((byte) 0x41).put((byte) 0xff).put((byte) 0xe3);
            });
    return code.array();
  }
}
