package io.github.livemigration.restore;

import io.github.livemigration.image.MappedFile;
import io.github.livemigration.linux.ContentHash;
import io.github.livemigration.linux.FileStat;
import io.github.livemigration.linux.SystemCallException;
import java.io.IOException;
import java.util.Arrays;

/** Finds out whether this host has a file that the target maps. */
public final class DestinationFiles {
  /** What the comparison of a file has shown. */
  public enum Likeness {
    /** It is here, byte for byte. */
    SAME,
    /** A file of the same size is here under the same name; its content has to be compared. */
    MAY_BE_SAME,
    /** It is not here, or it is another. */
    DIFFERENT
  }

  private DestinationFiles() {}

  /**
   * Compare a file of the source with the one of the same name here.
   *
   * @param sameHost whether device and inode numbers mean the same on both sides
   */
  public static Likeness compare(MappedFile file, boolean sameHost) throws IOException {
    FileStat here;
    try {
      here = FileStat.of(file.path());
    } catch (SystemCallException e) {
      return Likeness.DIFFERENT;
    }
    if (!here.isRegular() || here.size() != file.lengthBytes()) {
      return Likeness.DIFFERENT;
    }
    boolean sameInode =
        sameHost
            && here.dev() == file.device()
            && here.ino() == file.inode()
            && here.mtimeNanos() == file.modifiedNanos()
            && here.ctimeNanos() == file.changedNanos();
    if (sameInode) {
      return Likeness.SAME;
    }
    if (file.contentHash().length == 0) {
      return Likeness.MAY_BE_SAME;
    }
    return Arrays.equals(ContentHash.sha256(file.path()), file.contentHash())
        ? Likeness.SAME
        : Likeness.DIFFERENT;
  }
}
