package io.github.livemigration.image;

import java.util.List;

/** What stands behind a mapping on the destination. */
public sealed interface MappingBacking {

  /** Private anonymous memory. */
  record PrivateAnonymous() implements MappingBacking {}

  /**
   * Private anonymous memory of huge pages ({@code MAP_HUGETLB}).
   *
   * @param pageBytes size of a page
   */
  record HugePages(int pageBytes) implements MappingBacking {
    public HugePages {
      HugePageNeed.checkPageBytes(pageBytes);
    }
  }

  /**
   * A private mapping of {@code /dev/zero}: anonymous memory under a file's name. userfaultfd takes
   * it for memory behind the end of a file.
   */
  record ZeroDevice() implements MappingBacking {}

  /**
   * A mapping of a file that is the same on both sides.
   *
   * @param path absolute path on the destination
   * @param offsetBytes offset of the first page in the file
   * @param openForWriting whether the mapping may be made writable while shared
   */
  record SameFile(String path, long offsetBytes, boolean openForWriting) implements MappingBacking {
    public SameFile {
      if (!path.startsWith("/") || offsetBytes < 0) {
        throw new IllegalArgumentException("mapped file " + path + " at " + offsetBytes);
      }
    }
  }

  /**
   * Memory that several mappings and descriptors may share, or the content of a file that the
   * destination lacks, has in another version, or of which the target has written most pages.
   *
   * @param objectIndex position in {@link MemoryImage#objects()}
   * @param offsetBytes offset of the first page in the object
   * @param openForWriting whether the mapping may be made writable while shared
   */
  record OfObject(int objectIndex, long offsetBytes, boolean openForWriting)
      implements MappingBacking {
    public OfObject {
      if (objectIndex < 0 || offsetBytes < 0) {
        throw new IllegalArgumentException("memory object " + objectIndex + " at " + offsetBytes);
      }
    }
  }

  /**
   * A page of the kernel's own, moved to its old address.
   *
   * @param name as the kernel prints it, for example {@code [vdso]}
   */
  record KernelPages(String name) implements MappingBacking {
    /** Name of the code that the kernel maps into every process. */
    public static final String VDSO = "[vdso]";

    /** The kernel pages that {@code mremap} can move. */
    public static final List<String> MOVABLE = List.of("[vvar]", "[vvar_vclock]", VDSO);
  }
}
