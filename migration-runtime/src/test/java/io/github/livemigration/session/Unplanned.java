package io.github.livemigration.session;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MappingState;
import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.pages.PageMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Takes back what was planned: the image gets all mappings and all content of the plan. */
final class Unplanned {
  private final ProcessPlan plan;

  Unplanned(ProcessPlan plan) {
    this.plan = plan;
  }

  /** Returns the plan of the kernel's pages alone, which have to be planned. */
  ProcessPlan least() {
    return new ProcessPlan(plan.occupied(), kernelPages(), plan.threadIds(), List.of());
  }

  private List<MappingState> kernelPages() {
    return plan.mappings().stream().filter(Unplanned::isKernels).toList();
  }

  private static boolean isKernels(MappingState mapping) {
    return mapping.backing() instanceof MappingBacking.KernelPages;
  }

  /** Returns all of the process, as if nothing had been planned. */
  WholeTarget whole(FrozenTarget target, MemoryContents contents) {
    ProcessImage image = target.completed(plan);
    List<PageContents> eager = new ArrayList<>(contents.eagerPages());
    PageMap unchanged = PageMap.ofRanges(contents.plannedPages());
    PageMap sent =
        PageMap.ofRanges(
            Stream.concat(image.memory().rseqPages().stream(), contents.eagerPages().stream())
                .map(PageContents::range)
                .sorted((a, b) -> Long.compare(a.startAddress(), b.startAddress()))
                .toList());
    PageMap files =
        PageMap.ofRanges(
            target.keptMappings().stream()
                .map(index -> plan.mappings().get(index))
                .filter(mapping -> !mapping.servable())
                .map(MappingState::range)
                .toList());
    for (PageContents planned : plan.pages()) {
      for (PageContents page : pagesOf(planned)) {
        long address = page.startAddress();
        boolean hot = unchanged.indexOf(address) >= 0;
        if (hot || (files.indexOf(address) >= 0 && sent.indexOf(address) < 0)) {
          eager.add(new PageContents(address, page.bytes(), hot));
        }
      }
    }
    return new WholeTarget(
        image,
        new MemoryContents(
            contents.guards(),
            contents.pagesToCome(),
            contents.earlyPages(),
            List.of(),
            eager,
            contents.zeroPages()));
  }

  /** Returns the frame of a whole image. */
  FrozenTarget around(ProcessImage image, long nanosSinceFreeze) {
    List<MappingState> missing =
        image.memory().mappings().stream().filter(mapping -> !isKernels(mapping)).toList();
    return new FrozenTarget(
        image.withMemory(image.memory().withMappings(missing)),
        IntStream.range(0, kernelPages().size()).boxed().toList(),
        nanosSinceFreeze);
  }

  private static List<PageContents> pagesOf(PageContents contents) {
    List<PageContents> pages = new ArrayList<>();
    for (int offset = 0; offset < contents.bytes().length; offset += AddressRange.PAGE_BYTES) {
      byte[] page = Arrays.copyOfRange(contents.bytes(), offset, offset + AddressRange.PAGE_BYTES);
      pages.add(new PageContents(contents.startAddress() + offset, page, contents.hot()));
    }
    return pages;
  }
}
