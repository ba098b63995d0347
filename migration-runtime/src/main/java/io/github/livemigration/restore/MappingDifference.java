package io.github.livemigration.restore;

import io.github.livemigration.image.MappingState;
import java.util.List;

/**
 * How the mappings of the image differ from those of the plan.
 *
 * @param obsolete in the plan only
 * @param missing in the image only
 */
public record MappingDifference(List<MappingState> obsolete, List<MappingState> missing) {}
