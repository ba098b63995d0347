/**
 * Readers on the source: one class for each kind of state, which asks the frozen target and the
 * kernel and fills the records of the image; and the preflight that refuses what no reader can
 * carry.
 */
@NullMarked
package io.github.livemigration.capture;

import org.jspecify.annotations.NullMarked;
