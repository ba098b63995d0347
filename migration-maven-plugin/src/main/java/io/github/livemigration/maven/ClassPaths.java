package io.github.livemigration.maven;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.inject.Inject;
import javax.inject.Named;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.descriptor.PluginDescriptor;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.RepositorySystemSession;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.DependencyRequest;
import org.eclipse.aether.resolution.DependencyResolutionException;

/**
 * Resolve class paths for the JVMs that the goals start.
 *
 * <p>Maven's own class loaders are no source for them: a plugin is given Maven's SLF4J, whatever
 * version it asks for.
 */
@Named
final class ClassPaths {

  private final RepositorySystem repositorySystem;

  @Inject
  ClassPaths(RepositorySystem repositorySystem) {
    this.repositorySystem = repositorySystem;
  }

  /** This plugin with all that it needs at run time: the command line among it. */
  List<Artifact> ofPlugin(
      PluginDescriptor plugin, RepositorySystemSession session, List<RemoteRepository> repositories)
      throws MojoExecutionException {
    return resolve(
        plugin.getGroupId() + ":" + plugin.getArtifactId() + ":" + plugin.getVersion(),
        session,
        repositories);
  }

  /**
   * One artifact with its run-time dependencies.
   *
   * @param coordinates as in {@code group:artifact:version}
   */
  List<Artifact> resolve(
      String coordinates, RepositorySystemSession session, List<RemoteRepository> repositories)
      throws MojoExecutionException {
    Dependency root = new Dependency(new DefaultArtifact(coordinates), "runtime");
    DependencyRequest request =
        new DependencyRequest(new CollectRequest(root, repositories), (node, parents) -> true);
    try {
      List<Artifact> artifacts = new ArrayList<>();
      for (ArtifactResult result :
          repositorySystem.resolveDependencies(session, request).getArtifactResults()) {
        artifacts.add(result.getArtifact());
      }
      return artifacts;
    } catch (DependencyResolutionException e) {
      throw new MojoExecutionException(
          "cannot resolve " + coordinates + ", which this goal runs: " + e.getMessage(), e);
    }
  }

  static List<Path> files(List<Artifact> artifacts) {
    return artifacts.stream().map(artifact -> artifact.getFile().toPath()).toList();
  }
}
