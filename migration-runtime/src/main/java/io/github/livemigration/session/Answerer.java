package io.github.livemigration.session;

import io.github.livemigration.capture.Vdso;
import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.image.HostKind;
import io.github.livemigration.image.HugePageNeed;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.Obstacle;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.HugeTlbFs;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.SeccompProgram;
import io.github.livemigration.linux.UserNamespaces;
import io.github.livemigration.restore.DestinationFiles;
import io.github.livemigration.restore.ForwardingVdso;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Judges a proposal by what this host has and can. */
final class Answerer {
  private static final HostIdentity HOST = HostIdentity.ofThisHost();

  private static final int SPARE_MAPPINGS = 64;

  private Answerer() {}

  static boolean isSameHost(MigrationProposal proposal) {
    return HOST.isSameHost(proposal.host());
  }

  static MigrationAnswer answer(MigrationProposal proposal, ReceiverPolicy policy)
      throws IOException {
    List<Obstacle> obstacles = new ArrayList<>(policy.obstacles(proposal));
    if (proposal.pid() <= 1) {
      obstacles.add(HostKind.PID_ONE.at("process " + proposal.pid()));
    }
    if (UserNamespaces.areNeeded()) {
      obstacles.addAll(OrdinaryReceiver.obstacles(proposal.rights()));
    }
    checkProcessor(proposal, obstacles);
    checkKernel(proposal, obstacles);
    if (proposal.seccomp() && !SeccompProgram.canBeSuspended()) {
      obstacles.add(
          ProcessKind.SECCOMP.at(
              "the receiver",
              "it is under seccomp itself or lacks CAP_SYS_ADMIN, so it cannot build a process with"
                  + " system call filters"));
    }
    checkMemory(proposal, obstacles);
    checkHugePages(proposal, obstacles);
    checkMappings(proposal, obstacles);
    checkThreads(proposal, obstacles);
    checkDirectories(proposal.fileSystem(), obstacles);
    for (String path : proposal.paths()) {
      if (!path.startsWith("/") || !ProcFs.exists(path)) {
        obstacles.add(
            DescriptorKind.FILE.at(path, "the target has it open and the destination lacks it"));
      }
    }
    List<Integer> same = new ArrayList<>();
    List<Integer> hashesWanted = new ArrayList<>();
    for (int i = 0; i < proposal.files().size(); i++) {
      switch (DestinationFiles.compare(proposal.files().get(i), isSameHost(proposal))) {
        case SAME -> same.add(i);
        case MAY_BE_SAME -> hashesWanted.add(i);
        case DIFFERENT -> {
          // It is carried.
        }
      }
    }
    boolean otherVdso = !Arrays.equals(Vdso.ofThisProcess().code(), proposal.vdso());
    return new MigrationAnswer(same, hashesWanted, otherVdso, obstacles);
  }

  private static void checkProcessor(MigrationProposal proposal, List<Obstacle> obstacles) {
    if (!proposal.host().cpuVendor().equals(HOST.cpuVendor())) {
      obstacles.add(
          HostKind.PROCESSOR.at(
              "processor of " + proposal.host().cpuVendor(),
              "the destination's is of %s, which keeps extended registers in another layout"
                  .formatted(HOST.cpuVendor())));
    }
    Set<String> missing = new HashSet<>(proposal.host().cpuFlags());
    HOST.cpuFlags().forEach(missing::remove);
    if (!missing.isEmpty()) {
      obstacles.add(
          HostKind.PROCESSOR.at(
              "processor features " + String.join(" ", missing.stream().sorted().toList())));
    }
  }

  private static void checkKernel(MigrationProposal proposal, List<Obstacle> obstacles) {
    byte[] own = Vdso.ofThisProcess().code();
    if (Arrays.equals(own, proposal.vdso())) {
      return;
    }
    try {
      List<String> missing = ForwardingVdso.obstacles(proposal.vdso(), own);
      if (!missing.isEmpty()) {
        obstacles.add(
            HostKind.KERNEL.at(
                "the kernel's vdso",
                "the destination's kernel has no way in for " + String.join(", ", missing)));
      }
    } catch (IllegalArgumentException e) {
      obstacles.add(HostKind.KERNEL.at("the kernel's vdso", "it is " + e.getMessage()));
    }
  }

  private static void checkDirectories(FileSystemContext place, List<Obstacle> obstacles) {
    if (!place.deleted() && !isDirectory(place.workingDirectory())) {
      obstacles.add(
          ProcessKind.WORKING_DIRECTORY.at(
              place.workingDirectory(), "the destination has no such directory"));
    }
    if (!isDirectory(place.root())) {
      obstacles.add(
          ProcessKind.ROOT_DIRECTORY.at(place.root(), "the destination has no such directory"));
    }
  }

  private static boolean isDirectory(String path) {
    return ProcFs.exists(path) && FileStat.of(path).isDirectory();
  }

  private static void checkHugePages(MigrationProposal proposal, List<Obstacle> obstacles) {
    for (HugePageNeed need : proposal.hugePages()) {
      long available = HugeTlbFs.available(need.pageBytes());
      if (available < need.count()) {
        obstacles.add(
            MemoryKind.HUGE_PAGES.at(
                "huge pages of %d kB".formatted(need.pageBytes() / 1024),
                "the target needs %d and the destination has %d to spare"
                    .formatted(need.count(), available)));
      }
    }
  }

  /** While memory arrives the kernel may need a few mappings more than the target has. */
  private static void checkMappings(MigrationProposal proposal, List<Obstacle> obstacles) {
    int limit = Announced.permittedMappings();
    if (proposal.mappings() > limit - SPARE_MAPPINGS) {
      obstacles.add(
          HostKind.MAPPINGS.at(
              "mappings",
              "the target has %d mappings and the destination permits %d, with %d to spare"
                  .formatted(proposal.mappings(), limit, SPARE_MAPPINGS)));
    }
  }

  private static void checkThreads(MigrationProposal proposal, List<Obstacle> obstacles) {
    int limit = Announced.permittedThreads();
    if (proposal.threads() > limit) {
      obstacles.add(
          HostKind.THREADS.at(
              "threads",
              "the target has %d threads and the destination permits %d"
                  .formatted(proposal.threads(), limit)));
    }
  }

  private static void checkMemory(MigrationProposal proposal, List<Obstacle> obstacles) {
    long available = MemoryAvailable.bytes();
    if (available < proposal.residentBytes()) {
      obstacles.add(
          HostKind.MEMORY.at(
              "memory",
              "the target holds %d MiB and the destination has %d MiB available"
                  .formatted(proposal.residentBytes() >> 20, available >> 20)));
    }
  }
}
