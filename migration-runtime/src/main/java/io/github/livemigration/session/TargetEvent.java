package io.github.livemigration.session;

/** What a launched target can bring about. */
public sealed interface TargetEvent {
  /** The signal that starts a migration has arrived; the target has not seen it and runs on. */
  record Triggered() implements TargetEvent {}

  /**
   * The target has ended by itself.
   *
   * @param exitStatus 0 to 255, as a shell reports it
   */
  record Ended(int exitStatus) implements TargetEvent {}

  /**
   * The target cannot be supervised any more.
   *
   * @param reason in the kernel's words
   */
  record Lost(String reason) implements TargetEvent {}
}
