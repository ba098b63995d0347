package io.github.livemigration.image;

import static io.github.livemigration.image.KindFacts.carried;
import static io.github.livemigration.image.KindFacts.conditional;
import static io.github.livemigration.image.KindFacts.refused;

/** Kinds of memory. */
public enum MemoryKind implements StateKind {
  PRIVATE(
      carried("private memory: heap, stacks, anonymous mappings, with protection and advice")
          .shownBy("RepeatedMigrationIT")),
  PRIVATE_FILE(
      carried("private mappings of files")
          .note(
              "of the same file where the destination has it; otherwise its content travels and"
                  + " becomes private memory")
          .shownBy("RepeatedMigrationIT")),
  SHARED(
      carried("shared anonymous memory and memory files (memfd, /dev/shm) of its own")
          .note("what other processes share stays with them on the source")
          .shownBy("CarriedStateIT")),
  SHARED_FILE(
      conditional(
              "shared mappings of files",
              "the destination has the same file, or the file has up to 1 MiB and the mapping may be"
                  + " written",
              "copy the file to the destination")
          .shownBy("CarriedStateIT")),
  UNREADABLE_FILE(
      refused(
              "shared mappings whose object cannot be looked at",
              "what it shows could not be found out",
              "unmap it before the move")
          .shownBy("MappingClassifierTest")),
  KERNEL_PAGES(carried("vdso and vvar, at their addresses").shownBy("RepeatedMigrationIT")),
  LAYOUT(
      carried("program break, arguments, environment, auxiliary vector").shownBy("CarriedStateIT")),
  LOCKED(
      refused(
              "locked memory (mlock)",
              "locked memory (mlock) is not carried yet",
              "unlock it before the move")
          .shownBy("RefusalIT")),
  HUGE_PAGES(
      refused(
              "huge page mappings (hugetlb)",
              "huge page mappings (hugetlb) are not carried yet",
              "run the program without MAP_HUGETLB; transparent huge pages are carried")
          .shownBy("RefusalIT")),
  GUARD_REGIONS(
      refused(
              "guard regions (MADV_GUARD_INSTALL)",
              "guard regions are not carried yet",
              "remove them (MADV_GUARD_REMOVE) before the move")
          .shownBy("RefusalIT")),
  DEVICE(
      refused(
              "memory of a device",
              "memory of a device is not carried",
              "close the device before the move")
          .shownBy("MappingClassifierTest")),
  USERFAULTFD(
      refused(
              "memory that the program serves by userfaultfd",
              "the process uses userfaultfd itself, which is not carried",
              "unregister it before the move")
          .shownBy("RefusalIT")),
  SYSTEM_V(
      refused(
              "System V shared memory",
              "System V shared memory is not carried yet",
              "detach it (shmdt) before the move")
          .shownBy("RefusalIT")),
  OTHER(
      refused(
              "mappings of asynchronous I/O, io_uring, perf events, sockets",
              "this kind of mapping is not carried yet",
              "close it before the move")
          .shownBy("RefusalIT"));

  @SuppressWarnings("ImmutableEnumChecker") // A record of texts is immutable.
  private final KindFacts facts;

  MemoryKind(KindFacts facts) {
    this.facts = facts;
  }

  @Override
  public KindFacts facts() {
    return facts;
  }
}
