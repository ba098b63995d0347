/**
 * The executable jar: one class for each subcommand, which translates options, progress and errors
 * and does no more.
 */
@NullMarked
package io.github.livemigration.cli;

import org.jspecify.annotations.NullMarked;
