package io.github.livemigration.image;

import java.util.List;

/**
 * What all threads of the target share about signals.
 *
 * @param actions {@code struct kernel_sigaction} of signals 1 to 64, 32 bytes each, in order
 * @param pendingSignals process-directed {@code siginfo_t}, 128 bytes each
 */
public record SignalState(byte[] actions, List<byte[]> pendingSignals) {
  /** Signals that Linux has, numbered from 1. */
  public static final int SIGNALS = 64;

  /** Length of {@code struct kernel_sigaction} on x86-64 in bytes. */
  public static final int ACTION_BYTES = 32;

  public SignalState {
    if (actions.length != SIGNALS * ACTION_BYTES) {
      throw new IllegalArgumentException("signal actions of " + actions.length + " bytes");
    }
    pendingSignals = ThreadState.checkedSignals(pendingSignals);
  }
}
