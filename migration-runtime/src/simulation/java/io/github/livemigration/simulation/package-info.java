/**
 * A world in which time, threads, network, and kernel are simulated, and the protocol is the
 * product's own.
 *
 * <p>The classes beside this package have the names of product classes and stand in for them: those
 * that reach the kernel, and the parts of a migration before COMMIT that need it. They are compiled
 * to a folder of their own, which only the loader of the simulation knows. All other classes are
 * the product's, with calls for time, waiting, and sockets led to {@link
 * io.github.livemigration.simulation.Redirected} and its neighbours.
 */
@NullMarked
package io.github.livemigration.simulation;

import org.jspecify.annotations.NullMarked;
