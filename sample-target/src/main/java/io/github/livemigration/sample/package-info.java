/**
 * Programs that print numbers in increasing order, and one that does not: targets to be moved.
 *
 * <p>None of them knows about migration.
 */
@NullMarked
package io.github.livemigration.sample;

import org.jspecify.annotations.NullMarked;
