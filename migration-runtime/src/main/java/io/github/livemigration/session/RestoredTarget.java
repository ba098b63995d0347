package io.github.livemigration.session;

import java.util.List;

/**
 * The target is built on the destination and waits for COMMIT (payload of RESTORED).
 *
 * @param hostPid its id in the receiver's PID namespace
 * @param warnings what could not be set exactly
 */
public record RestoredTarget(int hostPid, List<String> warnings) {}
