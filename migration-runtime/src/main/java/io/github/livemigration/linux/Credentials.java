package io.github.livemigration.linux;

/** What this process may do. */
public final class Credentials {
  /** Capability: configuration of networks. */
  public static final int CAP_NET_ADMIN = 12;

  /** Capability: trace any process. */
  public static final int CAP_SYS_PTRACE = 19;

  /** Capability: many things, such as namespaces. */
  public static final int CAP_SYS_ADMIN = 21;

  /** Capability: exceed limits. */
  public static final int CAP_SYS_RESOURCE = 24;

  /** Capability: set clocks, also those of a time namespace. */
  public static final int CAP_SYS_TIME = 25;

  /** Capability: choose pids. Linux 5.9. */
  public static final int CAP_CHECKPOINT_RESTORE = 40;

  private static final int PR_GET_SECUREBITS = 27;

  /** Cleared by exec, see capabilities(7). */
  private static final int SECBIT_KEEP_CAPS = 1 << 4;

  private Credentials() {}

  /** Effective user id of this process. */
  public static int effectiveUid() {
    return LibC.geteuid();
  }

  /** Secure bits of the calling thread, as a program that it starts has them. */
  public static int secureBits() {
    return (int) LibC.call(X8664.PRCTL, PR_GET_SECUREBITS, 0, 0) & ~SECBIT_KEEP_CAPS;
  }

  /** Whether the calling thread has a capability in effect. */
  public static boolean hasCapability(int capability) {
    byte[] status = ProcFs.read("/proc/thread-self/status");
    return (ProcessStatus.parse(status).capEff() & 1L << capability) != 0;
  }
}
