package io.github.livemigration.session;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.stream.Collectors;

/** When the memory travels: after the process has moved, or partly before. */
public enum MigrationMode {
  /** The process runs on the destination before its memory has arrived. */
  POST_COPY("post-copy"),
  /**
   * Memory goes ahead while the process still runs on the source; what is left comes afterwards.
   */
  HYBRID("hybrid");

  private final String label;

  MigrationMode(String label) {
    this.label = label;
  }

  /** The word that the command line and reports use, such as {@code post-copy}. */
  @JsonValue
  public String label() {
    return label;
  }

  /**
   * Find the mode with this label.
   *
   * @throws IllegalArgumentException if there is none; the message names the labels there are
   */
  @JsonCreator
  public static MigrationMode of(String label) {
    for (MigrationMode mode : values()) {
      if (mode.label.equals(label)) {
        return mode;
      }
    }
    String known =
        Arrays.stream(values()).map(MigrationMode::label).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("no mode '" + label + "': one of " + known);
  }

  @Override
  public String toString() {
    return label;
  }
}
