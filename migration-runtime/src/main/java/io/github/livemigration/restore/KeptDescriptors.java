package io.github.livemigration.restore;

import io.github.livemigration.linux.DescriptorQueue;
import io.github.livemigration.linux.MappedMemory;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.pages.EventJournal;

/**
 * What the init of a restored process has for a receiver that comes after this one.
 *
 * @param initPid in the receiver's PID namespace
 * @param userfault the init's descriptor of the userfaultfd
 * @param journal the init's descriptor of memory for a journal
 * @param childrenIn its descriptor of the socket into which the userfaultfds of children go
 * @param childrenOut its descriptor of the socket out of which they come
 */
public record KeptDescriptors(
    int initPid, int userfault, int journal, int childrenIn, int childrenOut) {
  /**
   * Open the journal.
   *
   * @param continued whether another receiver has begun it
   */
  public EventJournal openJournal(boolean continued) {
    try (Pidfd init = Pidfd.open(initPid);
        OwnedFd file = init.takeFd(journal)) {
      DescriptorQueue children =
          new DescriptorQueue(init.takeFd(childrenIn), init.takeFd(childrenOut));
      MappedMemory memory = MappedMemory.of(file, EventJournal.LENGTH_BYTES);
      return EventJournal.in(memory, children, continued);
    }
  }

  /** Take the userfaultfd over. */
  UserfaultFd takeUserfault(Pidfd init) {
    return new UserfaultFd(init.takeFd(userfault));
  }
}
