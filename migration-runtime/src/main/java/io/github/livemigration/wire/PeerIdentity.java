package io.github.livemigration.wire;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Who the other side of a connection has proved to be.
 *
 * @param subject distinguished name of its certificate, as RFC 2253 writes it
 * @param fingerprint SHA-256 of the certificate, in lower-case hexadecimal
 * @param validFrom start of the certificate's validity
 * @param validUntil end of the certificate's validity
 */
public record PeerIdentity(
    String subject, String fingerprint, Instant validFrom, Instant validUntil) {
  private static final int FINGERPRINT_SHOWN = 16;

  /** Describe a certificate. */
  static PeerIdentity of(X509Certificate certificate) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return new PeerIdentity(
          certificate.getSubjectX500Principal().getName(),
          HexFormat.of().formatHex(hash),
          certificate.getNotBefore().toInstant(),
          certificate.getNotAfter().toInstant());
    } catch (CertificateEncodingException | NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns whether the certificate is valid at a moment. */
  public boolean isValidAt(Instant moment) {
    return !moment.isBefore(validFrom) && !moment.isAfter(validUntil);
  }

  /**
   * Returns whether a user means this peer.
   *
   * @param name a subject, or a fingerprint with or without colons, in any case
   */
  public boolean isNamed(String name) {
    return subject.equals(name)
        || fingerprint.equals(name.replace(":", "").toLowerCase(Locale.ROOT));
  }

  @Override
  public String toString() {
    return subject + " (" + fingerprint.substring(0, FINGERPRINT_SHOWN) + "…)";
  }
}
