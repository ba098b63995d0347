package io.github.livemigration.capture;

import io.github.livemigration.image.MappingState;
import java.util.Optional;

/**
 * A mapping that travels.
 *
 * @param planned its position in the plan if that holds
 */
record CarriedMapping(MappingState state, Optional<Integer> planned) {}
