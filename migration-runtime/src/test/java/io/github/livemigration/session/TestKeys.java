package io.github.livemigration.session;

import io.github.livemigration.wire.TlsKeys;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;

/** Keys made by {@code keytool}, as the documentation tells users to make them. */
final class TestKeys {
  static final String PASSWORD = "correct horse battery";
  static final String PASSWORD_VARIABLE = "PASSWORD_OF_TEST_KEYS";

  private final Path folder;

  TestKeys(Path folder) {
    this.folder = folder;
  }

  /** Make a key with a certificate of its own that is valid for so many days from a moment on. */
  Path key(String name, String start, int days) throws Exception {
    Path store = folder.resolve(name + ".p12");
    keytool(
        "-genkeypair -alias key -keyalg EC -groupname secp256r1 -storetype PKCS12 -dname CN="
            + name,
        "-startdate",
        start,
        "-validity",
        Integer.toString(days),
        "-keystore",
        store.toString());
    return store;
  }

  Path key(String name) throws Exception {
    return key(name, "-1H", 3650);
  }

  /** Make a store that trusts others. */
  Path trust(String name, String... others) throws Exception {
    KeyStore trusted = empty();
    for (String other : others) {
      KeyStore keys = store(folder.resolve(other + ".p12"));
      trusted.setCertificateEntry(other, keys.getCertificate("key"));
    }
    Path store = folder.resolve(name + "-trusts.p12");
    try (OutputStream out = Files.newOutputStream(store)) {
      trusted.store(out, PASSWORD.toCharArray());
    }
    return store;
  }

  /** Read a store. */
  static KeyStore store(Path file) throws Exception {
    KeyStore keys = empty();
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    return keys;
  }

  private static KeyStore empty() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  static TlsKeys load(Path key, Path trust) throws IOException {
    return TlsKeys.load(key, trust, PASSWORD.toCharArray());
  }

  private static void keytool(String words, String... more) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.add("-J-Xshare:auto");
    command.add("-J-XX:TieredStopAtLevel=1");
    command.addAll(List.of(words.split(" ")));
    command.addAll(List.of(more));
    command.addAll(List.of("-storepass:env", PASSWORD_VARIABLE));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put(PASSWORD_VARIABLE, PASSWORD);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new AssertionError(command + ": " + output);
    }
  }
}
