package io.github.livemigration.restore;

import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.SharedMemory;
import io.github.livemigration.linux.UserfaultFd;

/**
 * What the init of a restored process has for a receiver that comes after this one.
 *
 * @param initPid in the receiver's PID namespace
 * @param userfault the init's descriptor of the userfaultfd
 * @param journal the init's descriptor of memory for a journal
 */
public record KeptDescriptors(int initPid, int userfault, int journal) {
  /**
   * Map the memory of the journal.
   *
   * @param lengthBytes as it was made
   */
  public SharedMemory mapJournal(int lengthBytes) {
    try (Pidfd init = Pidfd.open(initPid);
        OwnedFd file = init.takeFd(journal)) {
      return SharedMemory.map(file, lengthBytes);
    }
  }

  /** Take the userfaultfd over. */
  UserfaultFd takeUserfault(Pidfd init) {
    return new UserfaultFd(init.takeFd(userfault));
  }
}
