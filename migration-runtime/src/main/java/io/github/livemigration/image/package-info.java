/**
 * The description of one process as immutable records: what was captured on the source and is
 * rebuilt on the destination. Nothing here reads, writes or decides.
 */
@NullMarked
package io.github.livemigration.image;

import org.jspecify.annotations.NullMarked;
