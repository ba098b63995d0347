package io.github.livemigration.pages;

/** The way in which a page of the map was settled. */
enum PageKind {
  /** All zeros: nothing but a bit was transferred. */
  ZERO,
  /** Brought by the background push. */
  PUSHED,
  /** Brought by an answer to a fault, as the page itself or as a neighbour. */
  DEMAND,
  /** Given back or unmapped by the process before it came. */
  DROPPED
}
