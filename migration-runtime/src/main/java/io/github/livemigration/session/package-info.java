/**
 * The public API: what moves a process from this host to another, and what it has to tell
 * afterwards.
 *
 * <p>Reports are immutable values; each side of a migration writes one of its own.
 */
@NullMarked
package io.github.livemigration.session;

import org.jspecify.annotations.NullMarked;
