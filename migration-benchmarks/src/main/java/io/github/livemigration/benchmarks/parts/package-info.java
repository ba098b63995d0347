/** Measures the parts that a migration spends its time in, one by one, by JMH. */
@NullMarked
package io.github.livemigration.benchmarks.parts;

import org.jspecify.annotations.NullMarked;
