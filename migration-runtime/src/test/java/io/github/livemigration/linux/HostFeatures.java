package io.github.livemigration.linux;

import java.io.IOException;
import java.util.List;

/**
 * What some virtual machines do not have. Tests of it expect there what their guests see instead.
 */
public final class HostFeatures {
  private static final int PR_GET_SPECULATION_CTRL = 52;
  private static final int PR_SPEC_STORE_BYPASS = 0;
  private static final int PR_SPEC_PRCTL = 1;
  private static final long FRAME_NUMBER = (1L << 55) - 1;

  private HostFeatures() {}

  /** Whether two pages that were only read are the same one. */
  public static boolean sharesPageOfZeros() {
    try (Mapping mapping = Mapping.ofPages(2)) {
      mapping.read(0);
      mapping.read(1);
      return frameOf(mapping.page(0)) == frameOf(mapping.page(1));
    }
  }

  private static long frameOf(long address) {
    NativeBuffer entry = NativeBuffer.allocate(Long.BYTES);
    try (OwnedFd tables = OwnedFd.open("/proc/self/pagemap", OpenFlags.RDONLY)) {
      tables.pread(entry.address(), Long.BYTES, address / NativeBuffer.PAGE_SIZE * Long.BYTES);
    }
    return entry.getLong(0) & FRAME_NUMBER;
  }

  /** Whether each thread can choose, see PR_SET_SPECULATION_CTRL(2const). */
  public static boolean switchesSpeculation() {
    long state = LibC.call(X8664.PRCTL, PR_GET_SPECULATION_CTRL, PR_SPEC_STORE_BYPASS, 0);
    return state > 0 && (state & PR_SPEC_PRCTL) != 0;
  }

  /** Whether {@code int 0x80} is a system call. */
  public static boolean hasCallsOf32Bits() throws IOException, InterruptedException {
    String script =
        """
        import ctypes, mmap
        # push rbx; mov eax, 20 (getpid); int 0x80; pop rbx; ret
        instructions = b"\\x53\\xb8\\x14\\0\\0\\0\\xcd\\x80\\x5b\\xc3"
        place = mmap.mmap(-1, 4096, prot=7)
        place.write(instructions)
        ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(place)))()
        """;
    return succeeds(script);
  }

  /** Whether the page of the old system calls at the end of the address space can be executed. */
  public static boolean hasPageOfOldCalls() throws IOException, InterruptedException {
    String script =
        """
        import ctypes
        ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_void_p)(0xFFFFFFFFFF600400)(None)
        """;
    return succeeds(script);
  }

  private static boolean succeeds(String script) throws IOException, InterruptedException {
    return new ProcessBuilder(List.of("/usr/bin/python3", "-c", script)).start().waitFor() == 0;
  }
}
