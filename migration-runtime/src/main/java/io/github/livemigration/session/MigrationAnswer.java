package io.github.livemigration.session;

import io.github.livemigration.image.Obstacle;
import java.util.List;

/**
 * What the receiver answers to a proposal (payload of PREPARED).
 *
 * @param sameFiles positions of the files that the destination has too
 * @param hashesWanted positions of files that may be the same, to be proposed again with content
 *     hashes
 * @param otherVdso whether the destination's kernel has another vdso than the target's
 * @param obstacles what stands in the way on the destination; empty where the target can come
 */
public record MigrationAnswer(
    List<Integer> sameFiles,
    List<Integer> hashesWanted,
    boolean otherVdso,
    List<Obstacle> obstacles) {

  /** Returns the same without a further question: what was not hashed is not the same. */
  MigrationAnswer asTheLast() {
    return new MigrationAnswer(sameFiles, List.of(), otherVdso, obstacles);
  }
}
