package io.github.livemigration.cli;

import io.github.livemigration.wire.TlsKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The keys of this side. The password is never an argument, which every user of a host can read.
 */
final class KeyOptions {
  /** Where the password is looked for without a file. */
  static final String PASSWORD = "MIGRATE_PASSWORD";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--keystore",
      paramLabel = "FILE",
      description = "This side's key and certificate, PKCS#12; connections are under TLS 1.3.")
  private @Nullable Path keyStore;

  @Option(
      names = "--truststore",
      paramLabel = "FILE",
      description = "The certificates that are trusted, PKCS#12.")
  private @Nullable Path trustStore;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description =
          "A file whose first line is the password of both; without it $$MIGRATE_PASSWORD.")
  private @Nullable Path passwordFile;

  boolean areGiven() {
    return keyStore != null && trustStore != null;
  }

  /** Returns the keys, where they are given. */
  Optional<TlsKeys> load() throws IOException {
    if (keyStore == null && trustStore == null) {
      return Optional.empty();
    }
    if (keyStore == null || trustStore == null) {
      throw new ParameterException(
          spec.commandLine(), "--keystore and --truststore are needed together");
    }
    char[] password = password();
    try {
      return Optional.of(TlsKeys.load(keyStore, trustStore, password));
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private char[] password() throws IOException {
    if (passwordFile != null) {
      CharBuffer text = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(read(passwordFile)));
      int length = 0;
      while (length < text.length() && text.get(length) != '\n' && text.get(length) != '\r') {
        length++;
      }
      char[] password = new char[length];
      text.get(password);
      return password;
    }
    String variable = System.getenv(PASSWORD);
    if (variable == null) {
      throw new ParameterException(
          spec.commandLine(), "the keys have a password: give --password-file, or set " + PASSWORD);
    }
    return variable.toCharArray();
  }

  private static byte[] read(Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException("the password cannot be read from " + file + ": " + e, e);
    }
  }
}
