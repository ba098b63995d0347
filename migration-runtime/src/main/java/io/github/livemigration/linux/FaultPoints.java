package io.github.livemigration.linux;

import org.jspecify.annotations.Nullable;

/**
 * Where a test makes system calls fail, one at a time. Without a test this costs the reading of a
 * field.
 */
public final class FaultPoints {
  private static volatile @Nullable Hook hook;

  private FaultPoints() {}

  /** Decides which call fails. */
  public interface Hook {
    /**
     * A call is about to be made, or the result of a remote one to be looked at; from any thread.
     *
     * @param call its name
     * @throws SystemCallException to let it fail
     */
    void reached(String call);
  }

  /** For tests: have a hook decide, or none. */
  public static void install(@Nullable Hook choice) {
    hook = choice;
  }

  /**
   * Give the hook a chance to let a call fail.
   *
   * @param call names itself by {@code toString}
   */
  public static void reach(Object call) {
    Hook chosen = hook;
    if (chosen != null) {
      chosen.reached(call.toString());
    }
  }
}
