package io.github.livemigration.restore;

import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.simulation.Copy;
import java.util.OptionalInt;

/** In place of the one that is built by remote calls. */
public final class RestoredProcess implements LivingProcess {
  private final Copy copy;
  private final Pidfd pidfd;

  /** Take charge of a copy. */
  public RestoredProcess(Copy copy) {
    this.copy = copy;
    this.pidfd = Pidfd.open(copy.hostPid());
  }

  @Override
  public UserfaultFd userfault() {
    return copy.userfault();
  }

  /** See the product's. */
  public int hostPid() {
    return copy.hostPid();
  }

  @Override
  public Pidfd pidfd() {
    return pidfd;
  }

  /** See the product's. */
  public void resume() {
    copy.resume();
  }

  /** See the product's. */
  public void destroy() {
    copy.end();
  }

  @Override
  public void kill() {
    copy.end();
  }

  @Override
  public void complete() {
    copy.release();
  }

  @Override
  public OptionalInt awaitEnd() {
    copy.awaitEnd();
    pidfd.close();
    return OptionalInt.of(0);
  }
}
