package io.github.livemigration.restore;

import io.github.livemigration.linux.Pidfd;
import io.github.livemigration.linux.UserfaultFd;
import java.util.OptionalInt;

/** A target that runs on this host, whoever restored it. To be used on a tracer's thread. */
public interface LivingProcess {
  /** Returns a handle of the process that tells when it ends; its pid is that on this host. */
  Pidfd pidfd();

  /** Returns the descriptor by which missing pages are answered. */
  UserfaultFd userfault();

  /** Kill the process with all it has started. */
  void kill();

  /**
   * Give up the last descriptors of the userfaultfd, once every page is there, and let the init
   * reap.
   *
   * <p>When the init's copy closes, the kernel drops what registration is left.
   */
  void complete();

  /**
   * Wait until the process and all it has started have ended.
   *
   * @return exit status of the process as a shell reports it; empty where nobody tells
   */
  OptionalInt awaitEnd();
}
