package io.github.livemigration.image;

/**
 * Which system calls of a thread become a SIGSYS ({@code PR_SET_SYSCALL_USER_DISPATCH}).
 *
 * @param offset where the range of instructions begins whose calls are never dispatched
 * @param length of that range; one that goes on beyond the last address leaves a range out
 * @param selector address of a byte that turns dispatching on and off, 0 for none
 * @see <a href="https://docs.kernel.org/admin-guide/syscall-user-dispatch.html">Syscall User
 *     Dispatch</a>
 */
public record SystemCallDispatch(long offset, long length, long selector) {
  public SystemCallDispatch {
    if (selector < 0 || selector >= AddressRange.USER_SPACE_END) {
      throw new IllegalArgumentException("selector at %#x".formatted(selector));
    }
  }
}
