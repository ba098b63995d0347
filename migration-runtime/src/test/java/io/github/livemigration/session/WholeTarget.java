package io.github.livemigration.session;

import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessImage;

/** The image of a process with the contents of its memory. */
record WholeTarget(ProcessImage image, MemoryContents contents) {}
