package io.github.livemigration.linux;

/**
 * Which system calls of a thread become a SIGSYS.
 *
 * @param selector address of the byte that turns it on and off, 0 for none
 * @param offset where the range of calls that are left alone begins
 * @param length of that range
 * @see <a href="https://docs.kernel.org/admin-guide/syscall-user-dispatch.html">Syscall User
 *     Dispatch</a>
 */
public record DispatchConfiguration(long selector, long offset, long length) {
  static final int BYTES = 32;
  static final int EXCLUSIVE = 1;
  static final int INCLUSIVE = 2;

  static DispatchConfiguration from(NativeBuffer structure) {
    return new DispatchConfiguration(
        structure.getLong(8), structure.getLong(16), structure.getLong(24));
  }

  /**
   * A range that is dispatched is kept by the kernel as the rest of the address space, which it
   * does not take back in this form.
   */
  void writeTo(NativeBuffer structure) {
    boolean inclusive = offset != 0 && Long.compareUnsigned(offset + length, offset) <= 0;
    structure.putLong(0, inclusive ? INCLUSIVE : EXCLUSIVE);
    structure.putLong(8, selector);
    structure.putLong(16, inclusive ? offset + length : offset);
    structure.putLong(24, inclusive ? -length : length);
  }
}
