package io.github.livemigration.restore;

import io.github.livemigration.simulation.Copy;

/** In place of the one that is built by remote calls. */
public final class RestoredProcess extends SimulatedProcess {
  /** Take charge of a copy. */
  public RestoredProcess(Copy copy) {
    super(copy);
  }

  /** See the product's. */
  public int hostPid() {
    return copy().hostPid();
  }

  /** See the product's. */
  public void resume() {
    copy().resume();
  }

  /** See the product's. */
  public void destroy() {
    copy().end();
  }
}
