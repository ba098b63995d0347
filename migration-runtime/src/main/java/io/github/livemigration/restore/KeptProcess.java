package io.github.livemigration.restore;

import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.Poll;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.UserfaultFd;
import io.github.livemigration.linux.WaitStatus;
import io.github.livemigration.tracee.NamespaceInit;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A process that another receiver, which has died since, restored and let run; its init has what is
 * needed to serve it.
 */
public final class KeptProcess implements LivingProcess, AutoCloseable {
  private static final long COLLECTED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Pidfd process;
  private final Pidfd init;
  private final UserfaultFd userfault;

  private KeptProcess(Pidfd process, Pidfd init, UserfaultFd userfault) {
    this.process = process;
    this.init = init;
    this.userfault = userfault;
  }

  /**
   * Take a process over.
   *
   * @param hostPid its id in this receiver's PID namespace
   */
  public static KeptProcess take(int hostPid, KeptDescriptors kept) {
    Pidfd process = Pidfd.open(hostPid);
    try {
      Pidfd init = Pidfd.open(kept.initPid());
      try {
        return new KeptProcess(process, init, kept.takeUserfault(init));
      } catch (SystemCallException e) {
        init.close();
        throw e;
      }
    } catch (SystemCallException e) {
      process.close();
      throw e;
    }
  }

  @Override
  public Pidfd pidfd() {
    return process;
  }

  @Override
  public UserfaultFd userfault() {
    return userfault;
  }

  @Override
  public void kill() {
    init.sendSignal(Signals.SIGKILL);
    new Poll(init.number()).await(-1);
  }

  @Override
  public void complete() {
    NamespaceInit.closeDescriptors(init.pid());
  }

  /** The init is no child of this receiver, so its status is known from Linux 6.15 on. */
  @Override
  public OptionalInt awaitEnd() {
    new Poll(init.number()).await(-1);
    long deadline = System.nanoTime() + COLLECTED_WITHIN_NANOS;
    Optional<WaitStatus> status = init.exitStatus();
    while (status.isEmpty() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(LOOK_NANOS);
      status = init.exitStatus();
    }
    return status.isEmpty() ? OptionalInt.empty() : OptionalInt.of(status.get().shellStatus());
  }

  @Override
  public void close() {
    userfault.close();
    init.close();
    process.close();
  }
}
