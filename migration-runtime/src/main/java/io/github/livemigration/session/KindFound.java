package io.github.livemigration.session;

/**
 * A kind of state that a process holds and that would be carried.
 *
 * @param kind its name in reports, for example {@code memory.private}
 * @param name in words
 * @param count how often the process has it
 */
public record KindFound(String kind, String name, int count) {}
