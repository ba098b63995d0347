package io.github.livemigration.capture;

import io.github.livemigration.image.Credentials;
import io.github.livemigration.linux.ProcessStatus;

/** Reads who a thread is. */
public final class IdentityReader {
  private IdentityReader() {}

  /**
   * Returns a thread's credentials.
   *
   * @param secureBits of the thread, which only itself can tell
   */
  public static Credentials read(ProcessStatus status, int secureBits) {
    return new Credentials(
        status.uids(),
        status.gids(),
        status.groups(),
        status.capInh(),
        status.capPrm(),
        status.capEff(),
        status.capBnd(),
        status.capAmb(),
        secureBits,
        status.noNewPrivs());
  }
}
