package io.github.livemigration.linux;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the first processor of a host can do, from {@code /proc/cpuinfo}.
 *
 * @param vendor as printed; empty where there is none
 * @param modelName as printed; empty where there is none
 * @param flags names of features, such as {@code avx2}
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_cpuinfo.5.html">proc_cpuinfo(5)</a>
 */
public record CpuFeatures(String vendor, String modelName, Set<String> flags) {
  private static final long X87_AND_SSE = 0x3;
  private static final long AVX = 1 << 2;
  private static final long MPX = 3 << 3;
  private static final long AVX512 = 7 << 5;
  private static final long PKRU = 1 << 9;
  private static final long AMX = 3 << 17;

  /** Keep an immutable set. */
  public CpuFeatures {
    flags = Set.copyOf(flags);
  }

  /** Read those of this host. */
  public static CpuFeatures ofThisHost() {
    return parse(ProcFs.read("/proc/cpuinfo"));
  }

  /**
   * Parse the text of the file.
   *
   * @throws UnparsableLineException when no line tells flags
   */
  public static CpuFeatures parse(byte[] cpuinfo) {
    String text = new String(cpuinfo, StandardCharsets.UTF_8);
    String flags = value(text, "flags");
    if (flags.isEmpty()) {
      throw new UnparsableLineException("cpuinfo", text.lines().findFirst().orElse(""));
    }
    return new CpuFeatures(
        value(text, "vendor_id"),
        value(text, "model name"),
        Stream.of(flags.split("\\s+", -1)).collect(Collectors.toUnmodifiableSet()));
  }

  /** The parts of the extended state that the kernel saves for a thread, as bits of XCR0. */
  public long xstateMask() {
    long mask = X87_AND_SSE;
    mask |= has("avx") ? AVX : 0;
    mask |= has("mpx") ? MPX : 0;
    mask |= has("avx512f") ? AVX512 : 0;
    mask |= has("ospke") ? PKRU : 0;
    mask |= has("amx_tile") ? AMX : 0;
    return mask;
  }

  /** Whether a feature is there. */
  public boolean has(String flag) {
    return flags.contains(flag);
  }

  private static String value(String text, String key) {
    return text.lines()
        .filter(
            line ->
                line.startsWith(key) && line.substring(key.length()).stripLeading().startsWith(":"))
        .findFirst()
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .orElse("");
  }
}
