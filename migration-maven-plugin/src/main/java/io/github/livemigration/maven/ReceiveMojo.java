package io.github.livemigration.maven;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugin.MojoExecutionException;
import org.apache.maven.plugin.MojoFailureException;
import org.apache.maven.plugins.annotations.Mojo;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * Listen for processes that move here, and restore each one that arrives.
 *
 * <p>A restored process writes to this terminal. The goal ends when it is interrupted, or after
 * <code>migrate.count</code> processes have come and ended.
 *
 * <p>Needs root, as every goal that restores a process; <code>migrate:doctor</code> tells what is
 * missing.
 *
 * @since 0.1.0
 */
@Mojo(name = "receive", requiresProject = false, threadSafe = true)
public final class ReceiveMojo extends AbstractPeerMojo {

  /**
   * The port to listen on; 0 takes a free one, and the line <code>listening on ADDRESS:PORT</code>
   * tells which.
   *
   * @since 0.1.0
   */
  @Parameter(property = "port", defaultValue = "43000")
  private int port;

  /**
   * The address to listen on.
   *
   * @since 0.1.0
   */
  @Parameter(property = "bind", defaultValue = "127.0.0.1")
  private String bind = "127.0.0.1";

  /**
   * Allow an address that other hosts reach, though nobody has to prove who they are.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.insecure", defaultValue = "false")
  private boolean insecure;

  /**
   * End after so many processes have come and ended; 0 goes on until interrupted. With a count the
   * goal fails if the last process ends with another exit status than 0.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.count", defaultValue = "0")
  private int count;

  /**
   * Kill processes that have moved here when the receiver ends, however it ends.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.endWithReceiver", defaultValue = "false")
  private boolean endWithReceiver;

  /**
   * Admit only senders with these certificates, by subject or SHA-256 fingerprint. As a property,
   * apart by commas; so subjects with a comma need the XML.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.allowSenders")
  private List<String> allowSenders = List.of();

  /**
   * Admit only processes with these user ids; as a property, apart by commas.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.allowUids")
  private List<Integer> allowUids = List.of();

  /**
   * Admit only processes whose files lie below these folders, programs and libraries included; as a
   * property, apart by commas.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.allowPaths")
  private List<String> allowPaths = List.of();

  /**
   * Admit only processes with at most so many MiB of memory.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.maxMib")
  private @Nullable Long maxMib;

  /**
   * Admit only processes with at most so many threads.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.maxThreads")
  private @Nullable Integer maxThreads;

  /**
   * Write a report of the last migration here, as JSON.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.report")
  private @Nullable File report;

  @Override
  void migrate() throws MojoExecutionException, MojoFailureException {
    ParameterProblems problems = new ParameterProblems("receive");
    problems.requirePort("port", "port", port);
    if (count < 0) {
      problems.add("count", "migrate.count", "is " + count + ", and cannot be negative");
    }
    if (maxMib != null) {
      problems.requirePositive("maxMib", "migrate.maxMib", maxMib);
    }
    if (maxThreads != null) {
      problems.requirePositive("maxThreads", "migrate.maxThreads", maxThreads);
    }
    checkRehearsals(problems);
    problems.throwIfAny();
    judge("receive", commandLine().runInForeground(arguments(), directory()));
  }

  List<String> arguments() {
    List<String> arguments =
        new ArrayList<>(List.of("receive", "--port", Integer.toString(port), "--bind", bind));
    if (insecure) {
      arguments.add("--insecure");
    }
    if (count > 0) {
      arguments.addAll(List.of("--count", Integer.toString(count)));
    }
    if (report != null) {
      arguments.addAll(List.of("--report", report.getPath()));
    }
    if (endWithReceiver) {
      arguments.add("--end-with-receiver");
    }
    allowSenders.forEach(sender -> add(arguments, "--allow-sender", sender));
    allowUids.forEach(uid -> add(arguments, "--allow-uid", uid));
    allowPaths.forEach(path -> add(arguments, "--allow-path", path));
    add(arguments, "--max-mib", maxMib);
    add(arguments, "--max-threads", maxThreads);
    arguments.addAll(peerArguments());
    return arguments;
  }
}
