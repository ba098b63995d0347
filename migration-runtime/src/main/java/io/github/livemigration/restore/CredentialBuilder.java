package io.github.livemigration.restore;

import io.github.livemigration.image.Credentials;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Takes on the identity of a thread. Comes after all that takes privilege.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/capabilities.7.html">capabilities(7)</a>
 */
final class CredentialBuilder {
  private static final int PR_CAPBSET_DROP = 24;
  private static final int PR_SET_SECUREBITS = 28;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int PR_CAP_AMBIENT = 47;
  private static final int PR_CAP_AMBIENT_RAISE = 2;
  private static final int PR_CAP_AMBIENT_CLEAR_ALL = 4;
  private static final int CAPABILITY_VERSION_3 = 0x20080522;
  private static final int CAPABILITIES = 64;

  /** With SECBIT_NO_SETUID_FIXUP and SECBIT_KEEP_CAPS a new user id changes no capability. */
  private static final int NO_SETUID_FIXUP_KEEP_CAPS = 1 << 2 | 1 << 4;

  private final RemoteBatch batch;
  private final Credentials wanted;

  private CredentialBuilder(RemoteBatch batch, Credentials wanted) {
    this.batch = batch;
    this.wanted = wanted;
  }

  /**
   * Add the calls that lead from one identity to the other.
   *
   * @param current what the thread has now
   */
  static void build(RemoteBatch batch, Credentials wanted, Credentials current) {
    if (!wanted.equals(current)) {
      new CredentialBuilder(batch, wanted).build(current);
    }
  }

  /**
   * Inheritable capabilities come before the bounding set, which limits them, and ambient ones
   * before the secure bits, which may forbid them. The two sets that the rest needs shrink last.
   */
  private void build(Credentials current) {
    setSecureBits(NO_SETUID_FIXUP_KEEP_CAPS);
    if (!wanted.supplementaryGroups().equals(current.supplementaryGroups())) {
      setSupplementaryGroups();
    }
    setGroupIds();
    setCapabilities(current.permitted(), current.permitted());
    dropFromBoundingSet(current.bounding() & ~wanted.bounding());
    batch.call(
        "setresuid",
        X8664.SETRESUID,
        wanted.userIds().get(0),
        wanted.userIds().get(1),
        wanted.userIds().get(2));
    batch.call("setfsuid", X8664.SETFSUID, wanted.userIds().get(3));
    setAmbient(current.ambient());
    setSecureBits(wanted.secureBits());
    setCapabilities(wanted.effective(), wanted.permitted());
    if (wanted.noNewPrivileges()) {
      batch.call("prctl(PR_SET_NO_NEW_PRIVS)", X8664.PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    }
  }

  private void setSecureBits(int bits) {
    batch.call("prctl(PR_SET_SECUREBITS)", X8664.PRCTL, PR_SET_SECUREBITS, bits);
  }

  /** Nobody can change them in the user namespace of an ordinary user. */
  private void setSupplementaryGroups() {
    int[] groups = wanted.supplementaryGroups().stream().mapToInt(Integer::intValue).toArray();
    batch.call("setgroups", X8664.SETGROUPS, groups.length, batch.bytes(ints(groups)));
  }

  private void setGroupIds() {
    batch.call(
        "setresgid",
        X8664.SETRESGID,
        wanted.groupIds().get(0),
        wanted.groupIds().get(1),
        wanted.groupIds().get(2));
    batch.call("setfsgid", X8664.SETFSGID, wanted.groupIds().get(3));
  }

  private void dropFromBoundingSet(long capabilities) {
    for (int capability = 0; capability < CAPABILITIES; capability++) {
      if ((capabilities & 1L << capability) != 0) {
        batch.call(
            CallName.of("prctl(PR_CAPBSET_DROP, %s)", capability),
            X8664.PRCTL,
            PR_CAPBSET_DROP,
            capability);
      }
    }
  }

  private void setCapabilities(long effective, long permitted) {
    byte[] header = ints(CAPABILITY_VERSION_3, 0);
    byte[] sets =
        ints(
            (int) effective,
            (int) permitted,
            (int) wanted.inheritable(),
            (int) (effective >>> 32),
            (int) (permitted >>> 32),
            (int) (wanted.inheritable() >>> 32));
    batch.call("capset", X8664.CAPSET, batch.bytes(header), batch.bytes(sets));
  }

  private void setAmbient(long current) {
    if (current != 0) {
      batch.call(
          "prctl(PR_CAP_AMBIENT_CLEAR_ALL)",
          X8664.PRCTL,
          PR_CAP_AMBIENT,
          PR_CAP_AMBIENT_CLEAR_ALL,
          0,
          0,
          0);
    }
    for (int capability = 0; capability < CAPABILITIES; capability++) {
      if ((wanted.ambient() & 1L << capability) != 0) {
        batch.call(
            CallName.of("prctl(PR_CAP_AMBIENT_RAISE, %s)", capability),
            X8664.PRCTL,
            PR_CAP_AMBIENT,
            PR_CAP_AMBIENT_RAISE,
            capability,
            0,
            0);
      }
    }
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(values);
    return bytes.array();
  }
}
