package io.github.livemigration.restore;

import io.github.livemigration.image.AddressSpaceLayout;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryImage;
import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.X8664;
import io.github.livemigration.tracee.CallName;
import io.github.livemigration.tracee.RemoteBatch;
import io.github.livemigration.tracee.RemoteBatch.RemoteCall;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/** Tells the kernel where the parts of the address space lie, and which program it shows. */
final class LayoutBuilder {
  private static final int PR_SET_MM = 35;
  private static final int PR_SET_MM_MAP = 14;

  private final RemoteBatch batch;
  private final Descriptors descriptors;
  private final MemoryImage image;
  private Optional<RemoteCall> executable = Optional.empty();

  LayoutBuilder(RemoteBatch batch, Descriptors descriptors, MemoryImage image) {
    this.batch = batch;
    this.descriptors = descriptors;
    this.image = image;
  }

  /**
   * Add the calls. The link to the executable is set by a second call that may fail: the kernel
   * wants more privilege for it, see PR_SET_MM(2const).
   */
  void build() {
    AddressSpaceLayout layout = image.layout();
    long auxiliaryVector = batch.bytes(layout.auxiliaryVector());
    byte[] withoutExecutable = layoutBytes(layout, auxiliaryVector, -1);
    batch.call(
        "prctl(PR_SET_MM_MAP)",
        X8664.PRCTL,
        PR_SET_MM,
        PR_SET_MM_MAP,
        batch.bytes(withoutExecutable),
        withoutExecutable.length,
        0);
    if (hasExecutable()) {
      String path = layout.executable().orElseThrow();
      int descriptor = descriptors.open(path, OpenFlags.RDONLY);
      byte[] withExecutable = layoutBytes(layout, auxiliaryVector, descriptor);
      executable =
          Optional.of(
              batch.tryCall(
                  CallName.of("prctl(PR_SET_MM_MAP, %s)", path),
                  X8664.PRCTL,
                  PR_SET_MM,
                  PR_SET_MM_MAP,
                  batch.bytes(withExecutable),
                  withExecutable.length,
                  0));
      descriptors.close(descriptor);
    }
  }

  /** Whether this host has the program: its code is mapped from the same file then. */
  private boolean hasExecutable() {
    Optional<String> path = image.layout().executable();
    for (MappingState mapping : image.mappings()) {
      if (mapping.backing() instanceof MappingBacking.SameFile file
          && path.isPresent()
          && file.path().equals(path.get())) {
        return true;
      }
    }
    return false;
  }

  /**
   * {@code struct prctl_mm_map}: eleven addresses, the auxiliary vector with its length, the
   * executable.
   */
  private static byte[] layoutBytes(
      AddressSpaceLayout layout, long auxiliaryVector, int executable) {
    ByteBuffer bytes = ByteBuffer.allocate(104).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(layout.startCode()).putLong(layout.endCode());
    bytes.putLong(layout.startData()).putLong(layout.endData());
    bytes.putLong(layout.startBreak()).putLong(layout.programBreak()).putLong(layout.startStack());
    bytes.putLong(layout.argumentStart()).putLong(layout.argumentEnd());
    bytes.putLong(layout.environmentStart()).putLong(layout.environmentEnd());
    bytes.putLong(auxiliaryVector).putInt(layout.auxiliaryVector().length).putInt(executable);
    return bytes.array();
  }

  /** Returns why the link to the executable could not be set, for people. */
  Optional<String> warning() {
    if (executable.isEmpty()) {
      return Optional.of(
          "/proc/PID/exe does not show the program: this host lacks it, or it was deleted");
    }
    RemoteCall call = executable.get();
    if (!call.failed()) {
      return Optional.empty();
    }
    return Optional.of(
        "/proc/PID/exe does not show the program: %s: %s"
            .formatted(call.name(), Errno.describe(call.errno())));
  }
}
