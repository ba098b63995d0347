/**
 * Builders on the destination: one class for each kind of state, which turns records of the image
 * into system calls of the blank process that becomes the target.
 */
@NullMarked
package io.github.livemigration.restore;

import org.jspecify.annotations.NullMarked;
