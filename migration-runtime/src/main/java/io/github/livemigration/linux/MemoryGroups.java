package io.github.livemigration.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * The control groups that limit the memory of this process and of those it starts: see cgroups(7),
 * and the kernel's {@code cgroup-v2.rst} and {@code cgroup-v1/memory.rst}.
 */
public final class MemoryGroups {
  // mountinfo: 36 35 98:0 /root /mount/point rw,noatime - cgroup cgroup rw,memory
  private static final int ROOT_FIELD = 3;
  private static final int MOUNT_POINT_FIELD = 4;

  private MemoryGroups() {}

  /** The names of what a hierarchy's files say, by its version. */
  private enum Version {
    V1("cgroup", "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file "),
    V2("cgroup2", "memory.max", "memory.current", "inactive_file ");

    private final String fileSystem;
    private final String limit;
    private final String usage;
    private final String reclaimable;

    Version(String fileSystem, String limit, String usage, String reclaimable) {
      this.fileSystem = fileSystem;
      this.limit = limit;
      this.usage = usage;
      this.reclaimable = reclaimable;
    }
  }

  /** Returns how much the narrowest group can still give; as much as there is without limits. */
  public static long availableBytes() {
    String groups = ProcFs.readText("/proc/self/cgroup");
    String mounts = ProcFs.readText("/proc/self/mountinfo");
    long available = Long.MAX_VALUE;
    for (Version version : Version.values()) {
      for (String folder : folders(version, groups, mounts)) {
        available = Math.min(available, availableIn(folder, version));
      }
    }
    return available;
  }

  /** The group of this process and all around it that this process can see. */
  private static List<String> folders(Version version, String groups, String mounts) {
    List<String> folders = new ArrayList<>();
    String group = groupOf(version, groups);
    for (String line : mounts.split("\n", -1)) {
      List<String> fields = Arrays.asList(line.split(" ", -1));
      int separator = fields.indexOf("-");
      if (group.isEmpty()
          || separator < 0
          || !fields.get(separator + 1).equals(version.fileSystem)
          || (version == Version.V1 && !holds(fields.get(separator + 3), "memory"))) {
        continue;
      }
      String root = fields.get(ROOT_FIELD);
      String inside = group.startsWith(root) ? group.substring(root.length()) : group;
      String top = fields.get(MOUNT_POINT_FIELD);
      String folder = (top + "/" + inside).replaceAll("/+", "/").replaceAll("/$", "");
      while (folder.length() >= top.length()) {
        folders.add(folder);
        folder = folder.substring(0, folder.lastIndexOf('/'));
      }
    }
    return folders;
  }

  /** {@code 4:memory:/group} in version 1, {@code 0::/group} in version 2. */
  private static String groupOf(Version version, String groups) {
    for (String line : groups.split("\n", -1)) {
      String[] fields = line.split(":", 3);
      if (fields.length == 3
          && (version == Version.V1 ? holds(fields[1], "memory") : fields[1].isEmpty())) {
        return fields[2];
      }
    }
    return "";
  }

  private static boolean holds(String list, String name) {
    return Arrays.asList(list.split(",", -1)).contains(name);
  }

  private static long availableIn(String folder, Version version) {
    OptionalLong limit = number(folder, version.limit);
    OptionalLong usage = number(folder, version.usage);
    if (limit.isEmpty() || usage.isEmpty()) {
      return Long.MAX_VALUE;
    }
    long used = usage.getAsLong() - reclaimable(folder, version);
    return Math.max(0, limit.getAsLong() - Math.max(0, used));
  }

  /** Empty where there is no such file, or no limit ({@code max}). */
  private static OptionalLong number(String folder, String file) {
    try {
      String text = ProcFs.readText(folder + "/" + file).strip();
      return text.matches("\\d{1,18}")
          ? OptionalLong.of(Long.parseLong(text))
          : OptionalLong.empty();
    } catch (SystemCallException e) {
      return OptionalLong.empty();
    }
  }

  private static long reclaimable(String folder, Version version) {
    return ProcFs.readText(folder + "/memory.stat")
        .lines()
        .filter(line -> line.startsWith(version.reclaimable))
        .mapToLong(line -> Long.parseLong(line.substring(version.reclaimable.length())))
        .findFirst()
        .orElse(0);
  }
}
