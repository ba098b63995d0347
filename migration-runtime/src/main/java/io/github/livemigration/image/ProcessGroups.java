package io.github.livemigration.image;

/**
 * Where the target stands among processes.
 *
 * @param sessionLeader whether it leads a session of its own
 * @param groupLeader whether it leads a process group of its own
 */
public record ProcessGroups(boolean sessionLeader, boolean groupLeader) {}
