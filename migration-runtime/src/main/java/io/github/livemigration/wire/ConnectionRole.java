package io.github.livemigration.wire;

/** What a connection is for. */
public enum ConnectionRole {
  /** Control messages of a new session. */
  CONTROL(1),
  /** Pages that a thread waits for. */
  DEMAND(2),
  /** Pages in bulk, in the background. */
  PUSH(3),
  /** Control messages again, in place of a connection that was lost after COMMIT. */
  RESUME(4);

  private static final ConnectionRole[] BY_NUMBER = values();

  private final int number;

  ConnectionRole(int number) {
    this.number = number;
  }

  /** Its number on the wire. */
  public int number() {
    return number;
  }

  /**
   * Look a number up.
   *
   * @throws WireException for a number that this version does not know
   */
  static ConnectionRole ofNumber(int number) throws WireException {
    if (number < 1 || number > BY_NUMBER.length) {
      throw new WireException("HELLO.role: unknown number " + number);
    }
    return BY_NUMBER[number - 1];
  }
}
