package io.github.livemigration.restore;

import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.simulation.Copy;
import java.util.OptionalInt;

/** A copy, and a receiver's descriptors of it. */
abstract class SimulatedProcess implements LivingProcess, AutoCloseable {
  private final Copy copy;
  private final Pidfd pidfd;
  private final UserfaultFd userfault;

  SimulatedProcess(Copy copy) {
    this.copy = copy;
    this.pidfd = Pidfd.open(copy.hostPid());
    this.userfault = new UserfaultFd(copy);
  }

  Copy copy() {
    return copy;
  }

  @Override
  public UserfaultFd userfault() {
    return userfault;
  }

  @Override
  public Pidfd pidfd() {
    return pidfd;
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

  @Override
  public void close() {
    userfault.close();
    pidfd.close();
  }
}
