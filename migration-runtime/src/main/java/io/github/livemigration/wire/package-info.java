/**
 * Frames over a connection between two hosts, and the codec that turns records into their payload.
 *
 * <p>Nothing here knows what a frame means. Whatever comes from the peer meets a named limit before
 * memory is taken for it, and what breaks a rule is a {@link
 * io.github.livemigration.wire.WireException} that names the frame or the record component, the
 * value and the limit.
 */
@NullMarked
package io.github.livemigration.wire;

import org.jspecify.annotations.NullMarked;
