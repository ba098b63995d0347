package io.github.livemigration.harness;

import io.github.livemigration.session.MigrationMode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a harness is told before it starts.
 *
 * @param target the command to move
 * @param migrate how the command line is started
 * @param mode when the memory travels; {@code null} leaves it to the command line
 * @param verifyPages whether the content of every page is compared at the end
 * @param timeout the longest that each single step may take
 * @param pattern what is a number in the target's output
 */
record HarnessSettings(
    TargetCommand target,
    MigrateCommand migrate,
    @Nullable MigrationMode mode,
    boolean verifyPages,
    Duration timeout,
    NumberPattern pattern) {}
