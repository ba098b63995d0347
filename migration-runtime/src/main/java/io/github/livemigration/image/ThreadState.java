package io.github.livemigration.image;

import java.util.List;
import java.util.Optional;

/**
 * One thread of the target.
 *
 * @param tid as the target itself sees it
 * @param name at most 15 bytes, a character for each
 * @param generalRegisters {@code struct user_regs_struct}
 * @param extendedState XSAVE area in the kernel's standard format
 * @param signalMask blocked signals, bit n-1 for signal n
 * @param pendingSignals thread-directed {@code siginfo_t}, 128 bytes each
 * @param alternateStack for signal handlers
 * @param robustListHead address of the robust futex list, 0 for none
 * @param robustListLength as {@code get_robust_list(2)} gives it
 * @param restartableSequence where one is registered
 * @param clearChildTid address that the kernel clears when the thread ends, 0 for none
 * @param scheduling policy, priority, processors
 * @param controls switches of the thread
 * @param credentials of the thread
 * @param dispatch which system calls become a SIGSYS, if any
 * @param seccomp which system calls it may make
 */
public record ThreadState(
    int tid,
    String name,
    byte[] generalRegisters,
    byte[] extendedState,
    long signalMask,
    List<byte[]> pendingSignals,
    AlternateStack alternateStack,
    long robustListHead,
    long robustListLength,
    Optional<RestartableSequence> restartableSequence,
    long clearChildTid,
    Scheduling scheduling,
    ThreadControls controls,
    Credentials credentials,
    Optional<SystemCallDispatch> dispatch,
    Seccomp seccomp) {

  /** Length of {@code struct user_regs_struct} in bytes. */
  public static final int GENERAL_REGISTERS_BYTES = 27 * 8;

  private static final int NAME_BYTES = 15;

  /** Length of {@code siginfo_t} in bytes. */
  public static final int SIGNAL_INFO_BYTES = 128;

  public ThreadState {
    if (tid <= 1 || tid > 1 << 22) {
      throw new IllegalArgumentException("thread id " + tid + " cannot be given again");
    }
    if (name.length() > NAME_BYTES
        || name.chars().anyMatch(letter -> letter == 0 || letter > 0xff)) {
      throw new IllegalArgumentException("thread name of %d bytes".formatted(name.length()));
    }
    if (generalRegisters.length != GENERAL_REGISTERS_BYTES) {
      throw new IllegalArgumentException(
          "general registers of " + generalRegisters.length + " bytes");
    }
    if (extendedState.length < 576 || extendedState.length > 16_384) {
      throw new IllegalArgumentException("extended state of " + extendedState.length + " bytes");
    }
    pendingSignals = checkedSignals(pendingSignals);
  }

  static List<byte[]> checkedSignals(List<byte[]> signals) {
    for (byte[] signal : signals) {
      if (signal.length != SIGNAL_INFO_BYTES) {
        throw new IllegalArgumentException("pending signal of " + signal.length + " bytes");
      }
    }
    return List.copyOf(signals);
  }
}
