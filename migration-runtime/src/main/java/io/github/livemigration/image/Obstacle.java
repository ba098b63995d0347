package io.github.livemigration.image;

/**
 * A reason why a process cannot be moved.
 *
 * @param what the kind of state and the place: a descriptor, an address, a thread
 * @param why in the user's words, with what can be done
 */
public record Obstacle(String what, String why) {}
