/**
 * What the front ends share: fork a target, start a receiver, start the migration, judge the
 * numbers that the target prints, write down what was seen.
 *
 * <p>Everything is done through the command line of this project, in processes of their own, the
 * way a user would do it. Nothing here knows how a migration works.
 */
@NullMarked
package io.github.livemigration.harness;

import org.jspecify.annotations.NullMarked;
