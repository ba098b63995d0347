package io.github.livemigration.linux;

import java.util.Optional;

/** In place of the kernel's: simulated processes have no children. */
public final class DescriptorQueue implements AutoCloseable {
  /** Prepare. */
  public DescriptorQueue() {}

  /** A descriptor that has come out. */
  public record Entry(int number, OwnedFd descriptor) {}

  /** Returns that there is no room. */
  public boolean offer(int number, int descriptor) {
    return false;
  }

  /** Returns nothing. */
  public Optional<Entry> poll() {
    return Optional.empty();
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
