/**
 * Measures whole migrations, each with a receiver, a sender and a target of its own, beside
 * baselines that are taken in the same run, and tells every figure as a ratio to them.
 */
@NullMarked
package io.github.livemigration.benchmarks;

import org.jspecify.annotations.NullMarked;
