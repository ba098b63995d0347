package io.github.livemigration.linux;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The system calls by which a process can change its mappings in a way that leaves the text of
 * {@code maps} as it was: flags, or one mapping in the place of another. Also those that start what
 * shares its memory, and those that let others do such work.
 *
 * <p>Not among them are {@code fork}, whose child has memory of its own, and {@code mbind}, whose
 * policies are none of the flags.
 */
public final class MappingCalls {
  /** By {@code int 0x80} a process reaches only what begins below this address. */
  public static final long LOW_MEMORY_END = 1L << 32;

  private static final int[] NATIVE = {
    X8664.MMAP,
    X8664.MPROTECT, // Accounts for what becomes writable, and takes a key for PROT_EXEC alone.
    X8664.MUNMAP,
    X8664.BRK,
    X8664.IOCTL, // UFFDIO_REGISTER.
    X8664.MREMAP,
    X8664.MADVISE,
    X8664.SHMAT,
    X8664.CLONE,
    X8664.VFORK,
    X8664.EXECVE,
    X8664.SHMDT,
    X8664.MLOCK,
    X8664.MUNLOCK,
    X8664.MLOCKALL,
    X8664.MUNLOCKALL,
    X8664.PRCTL, // PR_SET_MEMORY_MERGE.
    X8664.REMAP_FILE_PAGES,
    X8664.EXECVEAT,
    X8664.USERFAULTFD,
    X8664.MLOCK2,
    X8664.PKEY_MPROTECT,
    X8664.IO_URING_SETUP,
    X8664.IO_URING_ENTER, // IORING_OP_MADVISE.
    X8664.CLONE3,
    X8664.PROCESS_MADVISE,
    X8664.MAP_SHADOW_STACK,
    X8664.MSEAL
  };

  /**
   * Numbers of {@code int 0x80} for the same, where they differ: old_mmap, munmap, ipc, clone,
   * mprotect, mremap, prctl, vfork, mmap2, madvise, execveat, userfaultfd, mlock2, pkey_mprotect,
   * shmat, shmdt. Those of execve, mlock and its like, and of all newer calls are in the list above
   * already.
   */
  private static final int[] I386 = {
    90, 91, 117, 120, 125, 163, 172, 190, 192, 219, 358, 374, 376, 380, 397, 398
  };

  /**
   * Numbers of {@code int 0x80} that are frequent calls on x86-64: brk (recvfrom), ioctl
   * (setsockopt), remap_file_pages (openat). They need addresses.
   */
  private static final int[] I386_OF_LOW_MEMORY = {45, 54, 257};

  /** The bit by which programs of the x32 ABI mark their calls. */
  private static final int X32 = 0x40000000;

  private MappingCalls() {}

  /**
   * Returns the filter for a {@link CallCounter}.
   *
   * @param lowMemory whether the process has mappings below {@link #LOW_MEMORY_END}
   */
  public static String filter(boolean lowMemory) {
    return Stream.of(NATIVE, I386, lowMemory ? I386_OF_LOW_MEMORY : new int[0])
            .flatMapToInt(IntStream::of)
            .mapToObj(number -> "id == " + number + " || ")
            .collect(Collectors.joining())
        + "id >= "
        + X32;
  }
}
