package io.github.livemigration.session;

import io.github.livemigration.capture.Preflight;
import io.github.livemigration.linux.SystemCallException;
import java.util.List;
import java.util.TreeSet;

/**
 * What a look at a running process has shown. The process does not notice the look.
 *
 * @param pid in this process's PID namespace
 * @param name of the program
 * @param threads it has
 * @param mappings of its address space
 * @param residentBytes memory it holds
 * @param mappedFiles files that the destination may have too; where it lacks one, the content is
 *     carried
 * @param openPaths files and directories that the destination must have
 * @param carried kinds of state that it holds and that would be carried, as far as a look from
 *     outside shows them
 * @param refusals what cannot be carried; empty where the process can be moved
 */
public record ProcessCheck(
    int pid,
    String name,
    int threads,
    int mappings,
    long residentBytes,
    List<String> mappedFiles,
    List<String> openPaths,
    List<KindFound> carried,
    List<Refusal> refusals) {

  /**
   * Look at a process.
   *
   * @throws SystemCallException for a process that is not there or that may not be looked at
   */
  public static ProcessCheck of(int pid) {
    Preflight preflight = Preflight.of(pid, false);
    return new ProcessCheck(
        pid,
        preflight.status().displayName(),
        preflight.status().threads(),
        preflight.mappings().size(),
        preflight.residentBytes(),
        preflight.files().stream().map(file -> file.path()).distinct().toList(),
        List.copyOf(new TreeSet<>(preflight.paths())),
        preflight.found().entrySet().stream()
            .map(
                found ->
                    new KindFound(
                        found.getKey().id(), found.getKey().facts().title(), found.getValue()))
            .toList(),
        preflight.obstacles().stream().map(Refusal::of).toList());
  }
}
