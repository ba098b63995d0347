package io.github.livemigration.session;

import io.github.livemigration.image.ProcessImage;

/**
 * The frozen target (payload of IMAGE).
 *
 * @param image all of it but most of its pages
 * @param nanosSinceFreeze how long it has been frozen when this was sent
 */
public record FrozenTarget(ProcessImage image, long nanosSinceFreeze) {}
