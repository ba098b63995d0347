/**
 * JUnit Jupiter tests that move a running process.
 *
 * <p>{@link io.github.livemigration.junit.LiveMigrationTest} makes the test, {@link
 * io.github.livemigration.junit.LiveMigration} is what the test gets.
 */
@NullMarked
package io.github.livemigration.junit;

import org.jspecify.annotations.NullMarked;
