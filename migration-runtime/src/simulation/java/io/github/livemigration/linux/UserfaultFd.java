package io.github.livemigration.linux;

import io.github.livemigration.simulation.Copy;
import io.github.livemigration.simulation.Kernel;
import java.util.List;

/** In place of the kernel's: tells which pages threads of a copy wait for. */
public final class UserfaultFd implements AutoCloseable {
  private final Copy copy;
  private final int number;

  /** Watch a copy. */
  public UserfaultFd(Copy copy) {
    this.copy = copy;
    this.number = Kernel.the().openDescriptor(copy::hasFaults);
  }

  Copy copy() {
    return copy;
  }

  /** The same as the kernel's. */
  public int readMessages(NativeBuffer into, int first, int most) {
    List<Long> faults = copy.takeFaults(most);
    for (int i = 0; i < faults.size(); i++) {
      int offset = (first + i) * UserfaultMessage.BYTES;
      into.clear(offset, UserfaultMessage.BYTES);
      into.putByte(offset, (byte) UserfaultMessage.FAULT);
      into.putLong(offset + 16, faults.get(i));
    }
    return faults.size();
  }

  /** Returns that a copy does not move its memory. */
  public boolean hasUntoldChange() {
    return false;
  }

  /** The same as the kernel's. */
  public void wake(long start, long length) {
    copy.wake(start, length);
  }

  /** Returns its number. */
  public int number() {
    return number;
  }

  @Override
  public void close() {
    Kernel.the().closeDescriptor(number);
  }
}
