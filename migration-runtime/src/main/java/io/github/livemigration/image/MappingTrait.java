package io.github.livemigration.image;

/** A property of a mapping that its protection and its backing do not show. */
public enum MappingTrait {
  /** A stack that the kernel grows ({@code MAP_GROWSDOWN}). */
  GROWS_DOWN,
  /** Made with {@code MAP_NORESERVE}. */
  NO_RESERVE,
  /** Counted as memory that the process may write, even where it is read-only by now. */
  ACCOUNTED,
  /** The kernel may drop its pages ({@code MAP_DROPPABLE}). */
  DROPPABLE,
  /** Its pages are huge ones of hugetlbfs ({@code MAP_HUGETLB}). */
  HUGE_PAGES,
  /** Protected against changes of layout ({@code mseal(2)}). */
  SEALED
}
