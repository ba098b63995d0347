package io.github.livemigration.capture;

import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.image.StateKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects the descriptors that cannot be carried, with the reasons. */
final class DescriptorObstacles {
  private final List<Obstacle> all = new ArrayList<>();

  /** Returns no file, for the caller to return in turn. */
  Optional<OpenFile> refuse(OpenedDescriptor file, StateKind kind) {
    all.add(kind.at(file.place()));
    return Optional.empty();
  }

  /** The same for a reason that says more than the table of kinds. */
  Optional<OpenFile> refuse(OpenedDescriptor file, StateKind kind, String why) {
    all.add(kind.at(file.place(), why));
    return Optional.empty();
  }

  List<Obstacle> all() {
    return List.copyOf(all);
  }
}
