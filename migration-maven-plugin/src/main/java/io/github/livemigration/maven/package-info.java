/**
 * The goals of the prefix {@code migrate}. A goal translates: parameters into a call of the harness
 * or of the command line, and what comes back into log lines and the two Maven exceptions. What can
 * be judged and is bad is a {@code MojoFailureException}; what cannot be judged is a {@code
 * MojoExecutionException}.
 */
@NullMarked
package io.github.livemigration.maven;

import org.jspecify.annotations.NullMarked;
