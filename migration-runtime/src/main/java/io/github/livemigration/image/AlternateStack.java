package io.github.livemigration.image;

/**
 * A thread's alternate signal stack, as {@code sigaltstack(2)} reports it.
 *
 * @param address lowest address
 * @param flags {@code SS_DISABLE}, {@code SS_AUTODISARM}
 * @param lengthBytes its size
 */
public record AlternateStack(long address, int flags, long lengthBytes) {}
