package io.github.livemigration.image;

/**
 * A reason why a process cannot be moved. Made by {@link StateKind#at}.
 *
 * @param kind the kind of state, as {@link StateKind#id} names it
 * @param what the place: a descriptor, an address, a thread
 * @param why in the user's words
 * @param advice what the user can do; empty where there is nothing
 */
public record Obstacle(String kind, String what, String why, String advice) {}
