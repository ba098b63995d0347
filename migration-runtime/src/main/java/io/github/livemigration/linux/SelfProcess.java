package io.github.livemigration.linux;

/** This process, as the kernel sees it. */
public final class SelfProcess {
  private SelfProcess() {}

  /** Its pid. */
  public static int pid() {
    return LibC.getpid();
  }

  /** Id of the calling OS thread. */
  public static int gettid() {
    return (int) LibC.call(X8664.GETTID, 0, 0, 0);
  }
}
