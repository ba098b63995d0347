package io.github.livemigration.session;

/**
 * What the source thinks of the destination's account (payload of COMPLETE_ACK).
 *
 * @param accepted whether counts, and checksums where asked for, are the source's own
 * @param reason for a no
 */
public record CompletionVerdict(boolean accepted, String reason) {}
