package io.github.livemigration.maven;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import org.apache.maven.plugins.annotations.Parameter;
import org.jspecify.annotations.Nullable;

/** What both sides of a migration have in common: how long they wait, and who they are. */
abstract class AbstractPeerMojo extends AbstractRehearsingMojo {

  /**
   * How long to wait for the other side, as <code>PHASE=SECONDS</code> with commas between several.
   * Phases are connect, prepare, restore, demand and outage.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.timeout")
  private @Nullable String timeout;

  /**
   * This side's key and certificate, a PKCS#12 file. With it connections are under TLS 1.3.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.keystore")
  private @Nullable File keystore;

  /**
   * The certificates that are trusted, a PKCS#12 file.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.truststore")
  private @Nullable File truststore;

  /**
   * A file whose first line is the password of both; without it the environment variable <code>
   * MIGRATE_PASSWORD</code> is read.
   *
   * @since 0.1.0
   */
  @Parameter(property = "migrate.passwordFile")
  private @Nullable File passwordFile;

  /** Returns the parameters as options of the command line. */
  final List<String> peerArguments() {
    List<String> arguments = new ArrayList<>();
    add(arguments, "--timeout", timeout);
    add(arguments, "--keystore", keystore);
    add(arguments, "--truststore", truststore);
    add(arguments, "--password-file", passwordFile);
    arguments.addAll(rehearsalArguments());
    return arguments;
  }

  static void add(List<String> arguments, String option, @Nullable Object value) {
    if (value != null) {
      arguments.addAll(List.of(option, value.toString()));
    }
  }
}
