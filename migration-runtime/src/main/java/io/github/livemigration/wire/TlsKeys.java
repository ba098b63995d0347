package io.github.livemigration.wire;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * This side's key, and the certificates of those that it trusts. Immutable; shows no secret.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446">RFC 8446, TLS 1.3</a>
 */
public final class TlsKeys {
  private static final String STORE_TYPE = "PKCS12";
  private static final String PROTOCOL = "TLSv1.3";

  private final SSLContext context;
  private final PeerIdentity own;

  private TlsKeys(SSLContext context, PeerIdentity own) {
    this.context = context;
    this.own = own;
  }

  /**
   * Read both from PKCS#12 files.
   *
   * @param keyStore with one private key and its certificate
   * @param trustStore with the certificates of the other sides, or of who has signed them
   * @param password of both files and of the key
   * @throws IOException in a line that names the file and what is wrong with it
   */
  public static TlsKeys load(Path keyStore, Path trustStore, char[] password) throws IOException {
    return load(keyStore, trustStore, password, Instant.now());
  }

  /**
   * Read both likewise.
   *
   * @param moment at which this side's certificate has to be valid
   */
  public static TlsKeys load(Path keyStore, Path trustStore, char[] password, Instant moment)
      throws IOException {
    KeyStore keys = read(keyStore, password);
    KeyStore trusted = read(trustStore, password);
    try {
      PeerIdentity own = ownOf(keys, keyStore);
      if (!own.isValidAt(moment)) {
        throw new IOException(
            "%s: the certificate of %s is valid from %s to %s only"
                .formatted(keyStore, own.subject(), own.validFrom(), own.validUntil()));
      }
      if (trusted.size() == 0) {
        throw new IOException(trustStore + ": no certificate that could be trusted");
      }
      KeyManagerFactory keyManagers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(keys, password);
      TrustManagerFactory trustManagers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trustManagers.init(trusted);
      SSLContext context = SSLContext.getInstance(PROTOCOL);
      context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
      return new TlsKeys(context, own);
    } catch (GeneralSecurityException e) {
      throw new IOException(keyStore + ": the key cannot be used: " + e.getMessage(), e);
    }
  }

  private static KeyStore read(Path file, char[] password) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance(STORE_TYPE);
      store.load(in, password);
      return store;
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException(
          file + " cannot be read as a PKCS#12 file with this password: " + e.getMessage(), e);
    }
  }

  private static PeerIdentity ownOf(KeyStore keys, Path file)
      throws KeyStoreException, IOException {
    for (String alias : Collections.list(keys.aliases())) {
      if (keys.isKeyEntry(alias) && keys.getCertificate(alias) instanceof X509Certificate found) {
        return PeerIdentity.of(found);
      }
    }
    throw new IOException(file + ": no private key in it");
  }

  /** Returns who this side proves to be. */
  public PeerIdentity own() {
    return own;
  }

  SSLContext context() {
    return context;
  }

  @Override
  public String toString() {
    return "keys of " + own;
  }
}
