package io.github.livemigration.restore;

import io.github.livemigration.linux.DescriptorQueue;
import io.github.livemigration.pages.EventJournal;
import io.github.livemigration.simulation.Kernel;

/** In place of what an init has: the simulated kernel keeps the same for a copy. */
public record KeptDescriptors(
    int initPid, int userfault, int journal, int childrenIn, int childrenOut) {
  /** Returns those of a copy. */
  public static KeptDescriptors of(int hostPid) {
    return new KeptDescriptors(hostPid, 0, 0, 0, 0);
  }

  /** See the product's. */
  public EventJournal openJournal(boolean continued) {
    return EventJournal.in(Kernel.the().copy(initPid).journal(), new DescriptorQueue(), continued);
  }
}
