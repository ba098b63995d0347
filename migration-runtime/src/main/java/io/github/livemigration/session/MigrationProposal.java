package io.github.livemigration.session;

import io.github.livemigration.image.FileSystemContext;
import io.github.livemigration.image.HugePageNeed;
import io.github.livemigration.image.MappedFile;
import java.util.List;

/**
 * What the sender says about a running target before it stops it (payload of PREPARE).
 *
 * @param pid as the target sees it
 * @param name of the program
 * @param threads at the time of asking
 * @param mappings at the time of asking
 * @param residentBytes memory in use
 * @param hugePages that it needs
 * @param verify whether page content is compared by checksum at the end
 * @param host the source
 * @param clocks of the target
 * @param vdso the code that the source's kernel maps into every process
 * @param rights that the receiver has to give
 * @param seccomp whether threads of it are under seccomp
 * @param fileSystem where the target stands
 * @param files that the target maps; content hashes only for those asked for before
 * @param paths of files and directories that the target has open
 */
public record MigrationProposal(
    int pid,
    String name,
    int threads,
    int mappings,
    long residentBytes,
    List<HugePageNeed> hugePages,
    boolean verify,
    HostIdentity host,
    TargetClocks clocks,
    byte[] vdso,
    TargetRights rights,
    boolean seccomp,
    FileSystemContext fileSystem,
    List<MappedFile> files,
    List<String> paths) {
  /** More than any processor has; the receiver looks at the pool of each. */
  private static final int MAX_HUGE_PAGE_SIZES = 16;

  private static final int MAX_VDSO_BYTES = 64 * 1024;

  public MigrationProposal {
    hugePages = List.copyOf(hugePages);
    if (hugePages.size() > MAX_HUGE_PAGE_SIZES) {
      throw new IllegalArgumentException(hugePages.size() + " sizes of huge pages");
    }
    if (vdso.length > MAX_VDSO_BYTES) {
      throw new IllegalArgumentException("a vdso of " + vdso.length + " bytes");
    }
  }
}
