package io.github.livemigration.session;

import io.github.livemigration.capture.Preflight;
import io.github.livemigration.capture.Vdso;
import io.github.livemigration.image.MappedFile;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.wire.FrameType;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Proposes a running target to the receiver and brings back its answer. */
final class Proposer {
  private final Preflight preflight;
  private final boolean verify;
  private final long roundTripNanos;
  private final byte[] vdso;
  private final HostIdentity host = HostIdentity.ofThisHost();

  Proposer(Preflight preflight, boolean verify, long roundTripNanos) {
    this.preflight = preflight;
    this.verify = verify;
    this.roundTripNanos = roundTripNanos;
    try (ProcessMemory memory = ProcessMemory.open(preflight.pid())) {
      vdso = Vdso.of(memory, preflight.mappings()).code();
    }
  }

  /**
   * Ask once.
   *
   * @param hashed positions of files whose content hash the receiver wants
   */
  MigrationAnswer propose(ControlChannel control, Set<Integer> hashed) throws IOException {
    List<Integer> ids = preflight.status().nsPids();
    List<MappedFile> files = preflight.mappedFiles().withHashes(hashed); // Before clocks are read.
    control.send(
        FrameType.PREPARE,
        MigrationProposal.class,
        new MigrationProposal(
            ids.get(ids.size() - 1),
            preflight.status().displayName(),
            preflight.status().threads(),
            preflight.mappings().size(),
            preflight.residentBytes(),
            preflight.hugePages(),
            verify,
            host,
            TargetClocks.of(preflight.pid(), roundTripNanos),
            vdso,
            TargetRights.of(preflight.pid()),
            preflight.found().containsKey(ProcessKind.SECCOMP),
            preflight.fileSystem(),
            files,
            List.copyOf(preflight.paths())));
    return control.receive(FrameType.PREPARED, MigrationAnswer.class);
  }
}
