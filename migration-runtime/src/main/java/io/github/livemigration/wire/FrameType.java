package io.github.livemigration.wire;

/**
 * Kinds of frames, each with its number on the wire and the longest payload that is accepted for
 * it.
 *
 * <p>A number is never used again for something else. The limits are checked by sender and receiver
 * alike, on the receiving side before memory is taken.
 */
public enum FrameType {
  /** First frame of every connection, from the side that connected. */
  HELLO(1, Hello.LENGTH_BYTES),
  /** Answer to {@link #HELLO}. */
  HELLO_REPLY(2, HelloReply.MAXIMUM_LENGTH_BYTES),
  /** What the destination can build before the freeze. */
  PREPARE(3, Limits.RECORD_BYTES),
  /** The destination can take the process and has prepared it. */
  PREPARED(4, Limits.ANSWER_BYTES),
  /** The process image, but for the contents of its memory. */
  IMAGE(5, Limits.RECORD_BYTES),
  /** The process is built and waits for {@link #COMMIT}. */
  RESTORED(6, Limits.ANSWER_BYTES),
  /** The point of no return: the source never runs the process again. */
  COMMIT(7, Limits.ANSWER_BYTES),
  /** The process runs on the destination. */
  RESUMED(8, Limits.ANSWER_BYTES),
  /** The destination has every page. */
  COMPLETE(9, Limits.ANSWER_BYTES),
  /** The source has ended the frozen process. */
  COMPLETE_ACK(10, Limits.ANSWER_BYTES),
  /** Before {@link #COMMIT}: this side gives up; the payload is the reason as text. */
  ABORT(11, Limits.TEXT_BYTES),
  /** Ask for neighbouring pages. */
  GET_PAGES(12, 16),
  /** Answer to {@link #GET_PAGES}. */
  PAGES(13, 24 + 64 * 4096),
  /** The peer broke the protocol or this side failed; the payload says how, as text. */
  ERROR(14, Limits.TEXT_BYTES),
  /** What the destination knows about a session: to a source that is back, and as the last word. */
  STATE(15, Limits.ANSWER_BYTES),
  /** What the process looks like while it still runs. */
  PLAN(16, Limits.RECORD_BYTES),
  /** The destination has built what {@link #PLAN} says. */
  PLANNED(17, Limits.ANSWER_BYTES),
  /** Where the memory of the process has content, and some of it. */
  CONTENTS(18, Limits.RECORD_BYTES);

  private static final FrameType[] BY_NUMBER = values();

  private final int number;
  private final int maximumPayloadBytes;

  FrameType(int number, int maximumPayloadBytes) {
    this.number = number;
    this.maximumPayloadBytes = maximumPayloadBytes;
  }

  /** Its number on the wire. */
  public int number() {
    return number;
  }

  /** The longest payload that is sent or accepted, in bytes. */
  public int maximumPayloadBytes() {
    return maximumPayloadBytes;
  }

  /**
   * Look a number up.
   *
   * @throws WireException for a number that this version does not know
   */
  public static FrameType ofNumber(int number) throws WireException {
    if (number < 1 || number > BY_NUMBER.length) {
      throw new WireException(
          "unknown frame type " + number + ", this version knows 1 to " + BY_NUMBER.length);
    }
    return BY_NUMBER[number - 1];
  }

  private static final class Limits {
    static final int RECORD_BYTES = 64 << 20;
    static final int ANSWER_BYTES = 1 << 20;
    static final int TEXT_BYTES = 64 << 10;
  }
}
