package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import java.util.List;

/** The target holds state that cannot be carried. */
public final class CannotCarryException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Obstacle> obstacles;

  CannotCarryException(List<Obstacle> obstacles) {
    super(obstacles.size() + " kinds of state cannot be carried, first: " + obstacles.get(0));
    this.obstacles = List.copyOf(obstacles);
  }

  /** Returns what cannot be carried and why. */
  public List<Obstacle> obstacles() {
    return obstacles;
  }
}
