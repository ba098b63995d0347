package io.github.livemigration.linux;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The two-letter codes of the {@code VmFlags} line of smaps.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_smaps.5.html">proc_pid_smaps(5)</a>
 */
public enum VmFlag {
  READABLE("rd"),
  WRITABLE("wr"),
  EXECUTABLE("ex"),
  SHARED("sh"),
  MAY_READ("mr"),
  MAY_WRITE("mw"),
  MAY_EXECUTE("me"),
  MAY_SHARE("ms"),
  GROWS_DOWN("gd"),
  PFN_MAPPED("pf"),
  LOCKED("lo"),
  /** Memory of a device. */
  IO("io"),
  SEQUENTIAL_READ("sr"),
  RANDOM_READ("rr"),
  DO_NOT_FORK("dc"),
  DO_NOT_EXPAND("de"),
  LOCK_ON_FAULT("lf"),
  ACCOUNTED("ac"),
  NO_SWAP_RESERVE("nr"),
  HUGETLB("ht"),
  SYNCHRONOUS_FAULT("sf"),
  ARCHITECTURE_SPECIFIC("ar"),
  WIPE_ON_FORK("wf"),
  DO_NOT_DUMP("dd"),
  /** Guarded branch targets (aarch64). */
  BRANCH_TARGETS("bt"),
  /** Memory tagging (aarch64). */
  MEMORY_TAGS("mt"),
  SOFT_DIRTY("sd"),
  MIXED_MAP("mm"),
  HUGE_PAGES("hg"),
  NO_HUGE_PAGES("nh"),
  MERGEABLE("mg"),
  UFFD_MISSING("um"),
  UFFD_WRITE_PROTECT("uw"),
  UFFD_MINOR("ui"),
  SHADOW_STACK("ss"),
  SEALED("sl"),
  DROPPABLE("dp"),
  GUARD_REGIONS("gu"),
  /** A code that is not known here, or that the kernel itself prints as {@code ??}. */
  UNKNOWN("??");

  private static final Map<String, VmFlag> BY_CODE =
      Stream.of(values()).collect(Collectors.toUnmodifiableMap(VmFlag::code, flag -> flag));

  private final String code;

  VmFlag(String code) {
    this.code = code;
  }

  /** The two letters. */
  public String code() {
    return code;
  }

  /** The flag of two letters; {@link #UNKNOWN} for a code of a newer kernel. */
  static VmFlag of(String code) {
    return BY_CODE.getOrDefault(code, UNKNOWN);
  }
}
