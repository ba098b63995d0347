package io.github.livemigration.wire;

/** What a connection is for. Numbers on the wire are positions, from 1. */
public enum ConnectionRole {
  /** Control messages, one connection a session. */
  CONTROL,
  /** Pages that a thread waits for. */
  DEMAND,
  /** Pages in bulk, in the background. */
  PUSH
}
