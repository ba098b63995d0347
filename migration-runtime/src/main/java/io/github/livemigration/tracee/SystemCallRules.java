package io.github.livemigration.tracee;

import io.github.livemigration.linux.DispatchConfiguration;
import io.github.livemigration.linux.NativeBuffer;
import io.github.livemigration.linux.Ptrace;
import java.util.Optional;

/** What stands between a stopped thread and its system calls: filters, and dispatch to SIGSYS. */
public final class SystemCallRules {
  private SystemCallRules() {}

  /** Let the thread's filters rest for as long as it is traced; no other option stays. */
  public static void suspendFilters(TracedThread thread) {
    thread.setOptions(Ptrace.OPTION_SUSPEND_SECCOMP);
  }

  /**
   * Returns a filter in classic BPF; empty where there are no more.
   *
   * @param position 0 for the oldest
   * @param buffer of {@link io.github.livemigration.linux.SeccompProgram#MAX_BYTES}
   */
  public static byte[] filter(TracedThread thread, int position, NativeBuffer buffer) {
    return Ptrace.seccompFilter(thread.tid(), position, buffer);
  }

  /** Returns the flags with which a filter was installed. */
  public static long filterFlags(TracedThread thread, int position) {
    return Ptrace.seccompFilterFlags(thread.tid(), position);
  }

  /** Returns which calls become a SIGSYS, if any. */
  public static Optional<DispatchConfiguration> dispatch(TracedThread thread) {
    return Ptrace.dispatch(thread.tid());
  }

  /** Choose which calls become a SIGSYS; empty for none. */
  public static void setDispatch(
      TracedThread thread, Optional<DispatchConfiguration> configuration) {
    Ptrace.setDispatch(thread.tid(), configuration);
  }
}
