package io.github.livemigration.image;

import static io.github.livemigration.image.KindFacts.carried;
import static io.github.livemigration.image.KindFacts.conditional;
import static io.github.livemigration.image.KindFacts.refused;

/** Kinds of open files. */
public enum DescriptorKind implements StateKind {
  STANDARD_STREAM(
      carried("standard streams that are a terminal or a pipe")
          .note(
              "they become the receiver's own of the same number, with the receiver's settings"
                  + " (O_NONBLOCK, stty)")
          .shownBy("JvmMigrationIT")),
  FILE(
      conditional(
              "regular files, directories, /dev/null and the like; with O_PATH files of all kinds",
              "the destination must have the path; opened again at their offsets, shared offsets"
                  + " stay shared",
              "copy it to the destination")
          .shownBy("CarriedStateIT")),
  PIPE(
      conditional(
              "pipes of its own, with what is in them",
              "no other process may hold an end, and no packet (O_DIRECT) waits to be read",
              "start the target with descriptors above 2 closed; or move it again once it has read"
                  + " its packets")
          .shownBy("CarriedStateIT")),
  EVENTFD(carried("eventfd").shownBy("WaitDescriptorIT")),
  TIMERFD(
      carried("timerfd")
          .note("a relative time of CLOCK_REALTIME becomes longer by the time of the move")
          .shownBy("WaitDescriptorIT")),
  SIGNALFD(carried("signalfd").shownBy("WaitDescriptorIT")),
  EPOLL(
      conditional(
              "epoll",
              "it must not watch a file that the target has closed and another process holds; an"
                  + " edge that was reported may be reported again, and an entry that EPOLLONESHOT"
                  + " has disabled still reports an error or hang-up that comes before it is armed"
                  + " again",
              "end the process that holds the file")
          .shownBy("WaitDescriptorIT")),
  INOTIFY(
      conditional(
              "inotify",
              "root moves it, no event waits to be read, all watched files still have the names by"
                  + " which the kernel finds them, and the numbers of its watches are below 2,000;"
                  + " what happens to the files while it moves is not told",
              "run the sender as root; or move it again once it has read its events; or close it"
                  + " before the move")
          .shownBy("WaitDescriptorIT")),
  MEMORY_FILE(carried("memory files (memfd)").shownBy("MemoryMigrationIT")),
  DELETED_FILE(
      conditional(
              "files that were deleted, replaced or moved",
              "a deleted file has up to 256 MiB, and becomes a memory file; one that was replaced or"
                  + " moved since it was opened is refused",
              "close it before the move")
          .shownBy("MemoryMigrationIT")),
  NAMED_PIPE(
      refused("named pipes", "named pipes are not carried yet", "close it before the move")
          .shownBy("RefusalIT")),
  OWN_PROCESS_FILE(
      carried("files of its own directories in /proc, also of those of its threads")
          .note("opened again at their offsets; what they show is the destination's")
          .shownBy("ProcessFileIT")),
  PROCESS_FILE(
      refused(
              "files of /proc/PID of another process, or of a thread that has ended",
              "files of /proc/PID describe another process of this host",
              "close it before the move")
          .shownBy("RefusalIT")),
  HELD_BY_OTHERS(
      refused(
              "eventfd, epoll, timerfd and the like that another process has, too",
              "another process has it, too, and would no longer share it; not noticed where the"
                  + " sender may not look at that process, or where it was there before and gets"
                  + " the descriptor in the moment before the freeze",
              "close it in one of the two, or end the other process")
          .shownBy("SharedDescriptorIT")),
  LOCK(
      refused("file locks", "it holds a file lock, which is not carried yet", "release the lock")
          .shownBy("RefusalIT")),
  SIGNAL_ON_INPUT(
      refused(
              "signals on input or changes (O_ASYNC, F_SETOWN, F_SETSIG, F_NOTIFY)",
              "it asks for signals on input (O_ASYNC), which is not carried yet",
              "take the flag back (F_SETFL), and the owner (F_SETOWN, 0), before the move")
          .shownBy("RefusalIT")),
  TERMINAL(
      refused(
              "terminals that are not a standard stream",
              "terminals are carried as standard streams only",
              "close it before the move")
          .shownBy("RefusalIT")),
  DEVICE(
      refused("other devices", "devices are not carried", "close it before the move")
          .shownBy("RefusalIT")),
  SOCKET(
      refused("sockets", "sockets are not carried yet", "close it before the move")
          .shownBy("RefusalIT")),
  OTHER(
      refused(
              "pidfd, fanotify, io_uring and other descriptors without a path",
              "this kind of descriptor is not carried yet",
              "close it before the move")
          .shownBy("RefusalIT"));

  @SuppressWarnings("ImmutableEnumChecker") // A record of texts is immutable.
  private final KindFacts facts;

  DescriptorKind(KindFacts facts) {
    this.facts = facts;
  }

  @Override
  public KindFacts facts() {
    return facts;
  }
}
