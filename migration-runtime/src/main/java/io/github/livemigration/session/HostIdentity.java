package io.github.livemigration.session;

import io.github.livemigration.linux.CpuFeatures;
import io.github.livemigration.linux.ProcFs;
import java.util.List;

/**
 * What two hosts compare before a process moves between them.
 *
 * @param bootId differs between hosts and between boots
 * @param cpuVendor decides where extended registers lie in an XSAVE area
 * @param cpuFlags features that programs may have been told of
 */
public record HostIdentity(String bootId, String cpuVendor, List<String> cpuFlags) {
  /** Returns this host's. */
  static HostIdentity ofThisHost() {
    CpuFeatures processor = CpuFeatures.ofThisHost();
    return new HostIdentity(
        thisBootId(), processor.vendor(), processor.flags().stream().sorted().toList());
  }

  static String thisBootId() {
    return ProcFs.readText("/proc/sys/kernel/random/boot_id").strip();
  }

  /** Returns whether both are the same running kernel. */
  boolean isSameHost(HostIdentity other) {
    return bootId.equals(other.bootId);
  }
}
