package io.github.livemigration.image;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * The target's descriptors.
 *
 * @param files open file descriptions with their descriptors
 * @param pipes the pipes that {@link OpenFile.PipeEnd} refers to
 */
public record DescriptorTable(List<OpenFile.Shared> files, List<OpenFile.Pipe> pipes) {
  public DescriptorTable {
    files = List.copyOf(files);
    pipes = List.copyOf(pipes);
    Set<Integer> seen = new HashSet<>();
    for (OpenFile.Shared file : files) {
      if (file.file() instanceof OpenFile.PipeEnd end
          && (end.pipeIndex() < 0 || end.pipeIndex() >= pipes.size())) {
        throw new IllegalArgumentException("pipe " + end.pipeIndex() + " is missing");
      }
      if (file.file() instanceof OpenFile.EventPoll poll) {
        for (OpenFile.Watch watch : poll.watches()) {
          Objects.checkIndex(watch.fileIndex(), files.size());
        }
      }
      for (OpenFile.Descriptor descriptor : file.descriptors()) {
        if (!seen.add(descriptor.number())) {
          throw new IllegalArgumentException(
              "descriptor " + descriptor.number() + " is there twice");
        }
      }
    }
  }
}
