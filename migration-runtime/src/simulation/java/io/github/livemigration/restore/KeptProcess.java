package io.github.livemigration.restore;

import io.github.livemigration.simulation.Kernel;

/** In place of the one that is driven through its init. */
public final class KeptProcess extends SimulatedProcess {
  private KeptProcess(int hostPid) {
    super(Kernel.the().copy(hostPid));
  }

  /** See the product's. */
  public static KeptProcess take(int hostPid, KeptDescriptors kept) {
    Kernel.the().requireProcess(kept.initPid(), "pidfd_getfd");
    return new KeptProcess(hostPid);
  }
}
