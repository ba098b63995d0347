/**
 * Typed access to the Linux kernel: one small class for each facility, on top of JNA direct
 * mapping.
 *
 * <p>JNA, raw addresses of structures and raw error numbers do not leave this package. A negative
 * result becomes a named outcome where it happens in normal life, and a {@link
 * io.github.livemigration.linux.SystemCallException} otherwise. Loading a class never fails on a
 * host that lacks its facility; the call does, and {@link
 * io.github.livemigration.linux.KernelFeatures} says so beforehand.
 */
@NullMarked
package io.github.livemigration.linux;

import org.jspecify.annotations.NullMarked;
