package io.github.livemigration.image;

import static io.github.livemigration.image.KindFacts.carried;
import static io.github.livemigration.image.KindFacts.conditional;
import static io.github.livemigration.image.KindFacts.refused;

/** Kinds of memory. */
public enum MemoryKind implements StateKind {
  PRIVATE(
      carried("private memory: heap, stacks, anonymous mappings, with protection and advice")
          .note("also /dev/zero, reservations of terabytes, MAP_DROPPABLE, mseal")
          .shownBy("MemoryMigrationIT")),
  PRIVATE_FILE(
      carried("private mappings of files")
          .note(
              "of the same file where the destination has it; otherwise, also where it was deleted,"
                  + " replaced or truncated, its content travels and becomes a memory file")
          .shownBy("MemoryMigrationIT")),
  SHARED(
      carried(
              "shared anonymous memory, memory files (memfd) with seals, shared mappings of deleted files")
          .note("one object for all mappings and descriptors")
          .shownBy("MemoryMigrationIT")),
  SHARED_FILE(
      conditional(
              "shared mappings of files",
              "the destination has the same file, or the mapping may not be written, or the file has up"
                  + " to 1 MiB",
              "copy the file to the destination")
          .shownBy("MemoryMigrationIT")),
  SHARED_WITH_OTHERS(
      refused(
              "memory, memory files and deleted files that another process has too",
              "another process has it too, and would no longer share it",
              "end the other process, or have it unmap and close it")
          .shownBy("MemoryMigrationIT")),
  PROTECTION_KEY(
      carried(
              "memory protection keys (pkey_alloc, pkey_mprotect), also that of memory that may be"
                  + " executed only")
          .note("the rights of each thread are in its registers")
          .shownBy("MemoryMigrationIT")),
  UNKNOWN_FLAG(
      refused(
              "mappings with a flag that this version does not know",
              "the kernel shows a flag in smaps that this version does not know",
              "unmap it before the move, or use a newer version")
          .shownBy("MappingClassifierTest")),
  UNREADABLE_FILE(
      refused(
              "mappings whose file cannot be looked at",
              "what it shows could not be found out; where a file has no name any more, as shared"
                  + " anonymous memory and deleted files have none, only root may look at it",
              "run sender and receiver as root, or unmap it before the move")
          .shownBy("MappingClassifierTest")),
  KERNEL_PAGES(carried("vdso and vvar, at their addresses").shownBy("RepeatedMigrationIT")),
  LAYOUT(
      carried("program break, arguments, environment, auxiliary vector").shownBy("CarriedStateIT")),
  LOCKED(
      carried("locked memory: mlock, mlock2, mlockall, also on fault and for the future")
          .shownBy("MemoryMigrationIT")),
  HUGE_PAGES(
      conditional(
              "huge pages (hugetlb): MAP_HUGETLB, memory files (MFD_HUGETLB), files of hugetlbfs"
                  + " that the destination has",
              "the destination has as many free huge pages of their size; their content travels while"
                  + " the process stands still",
              "give the destination more huge pages (sysctl vm.nr_hugepages=…), or run the program"
                  + " without; transparent huge pages need none")
          .shownBy("HugePagesIT")),
  GUARD_REGIONS(carried("guard regions (MADV_GUARD_INSTALL)").shownBy("MemoryMigrationIT")),
  SHADOW_STACK(
      refused(
              "shadow stacks",
              "shadow stacks are not carried",
              "start the program without them (GLIBC_TUNABLES=glibc.cpu.x86_shstk=off)")
          .shownBy("MappingClassifierTest")),
  SECRET(
      refused(
              "secret memory (memfd_secret)",
              "secret memory cannot be read, not even by root",
              "unmap it before the move")
          .shownBy("MappingClassifierTest")),
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
  NUMA_POLICY(
      refused(
              "NUMA policies of mappings (mbind)",
              "it has a NUMA policy of its own (mbind), which is not carried yet",
              "give its threads the policy (set_mempolicy, numactl), which is carried")
          .shownBy("RefusalIT")),
  TAGGED_ADDRESSES(
      refused(
              "tagged addresses (ARCH_ENABLE_TAGGED_ADDR)",
              "its addresses have tags, which is not carried",
              "start it without them")
          .shownBy("ProcessStatusTest")),
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
