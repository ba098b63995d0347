package io.github.livemigration.session;

/**
 * One thing of the target that cannot be carried.
 *
 * @param what the thing, by the name that a user knows, such as {@code fd 7 (socket:[4711])}
 * @param why the reason, and what can be done about it
 */
public record Refusal(String what, String why) {

  @Override
  public String toString() {
    return what + ": " + why;
  }
}
