package io.github.livemigration.image;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A kind of state that a process can hold. All kinds together are the table from which obstacles
 * and {@code docs/support-matrix.md} are made.
 */
public sealed interface StateKind
    permits DescriptorKind, HostKind, MemoryKind, ProcessKind, ThreadKind {

  /** Returns what there is to tell about it. */
  KindFacts facts();

  /** Returns the name of the constant. */
  String name();

  /** Returns the name by which reports call it, for example {@code memory.huge-pages}. */
  default String id() {
    String area = getDeclaringClass().getSimpleName().replace("Kind", "");
    return (area + "." + name()).toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the type that declares the constant. */
  Class<?> getDeclaringClass();

  /** Returns all kinds, in the order of the table. */
  static List<StateKind> all() {
    return Stream.<StateKind[]>of(
            ProcessKind.values(),
            ThreadKind.values(),
            MemoryKind.values(),
            DescriptorKind.values(),
            HostKind.values())
        .flatMap(Arrays::stream)
        .toList();
  }

  /**
   * Returns that this kind stands in the way, for the reason that the table gives.
   *
   * @param what the place: a descriptor, an address, a thread
   */
  default Obstacle at(String what) {
    return at(what, facts().why());
  }

  /** Returns that this kind stands in the way for a reason that says more than the table. */
  default Obstacle at(String what, String why) {
    return new Obstacle(id(), what, why, facts().advice());
  }
}
