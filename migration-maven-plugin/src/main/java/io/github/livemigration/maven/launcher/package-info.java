/**
 * The program that {@code migrate:verify} starts on a project's test class path. It uses nothing
 * but the JUnit Platform and the JDK, for nothing else is sure to be there.
 */
@NullMarked
package io.github.livemigration.maven.launcher;

import org.jspecify.annotations.NullMarked;
