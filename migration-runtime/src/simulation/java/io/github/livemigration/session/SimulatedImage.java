package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import java.util.List;

/** All that the simulation has to say of a process. */
record SimulatedImage(int pid, List<AddressRange> pages) {}
