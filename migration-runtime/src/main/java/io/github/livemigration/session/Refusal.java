package io.github.livemigration.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.github.livemigration.image.Obstacle;
import java.util.Objects;

/**
 * One thing of the target that cannot be carried.
 *
 * @param kind the kind of state, for example {@code descriptor.socket}; empty where it is none
 * @param what the thing, by the name that a user knows, such as {@code fd 7 (socket:[4711])}
 * @param why the reason
 * @param advice what can be done about it; empty where there is nothing
 */
public record Refusal(
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String kind,
    String what,
    String why,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String advice) {

  /** Check and copy; a report of an older version knows neither kind nor advice. */
  public Refusal {
    kind = Objects.requireNonNullElse(kind, "");
    advice = Objects.requireNonNullElse(advice, "");
  }

  static Refusal of(Obstacle obstacle) {
    return new Refusal(obstacle.kind(), obstacle.what(), obstacle.why(), obstacle.advice());
  }

  @Override
  public String toString() {
    return what + ": " + why + (advice.isEmpty() ? "" : "; " + advice);
  }
}
