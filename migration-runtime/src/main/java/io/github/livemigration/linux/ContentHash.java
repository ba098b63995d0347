package io.github.livemigration.linux;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 of a file's content, by which two hosts find out whether they hold the same file. */
public final class ContentHash {
  private static final int CHUNK_BYTES = 1 << 20;

  private ContentHash() {}

  /**
   * Read a file and hash it.
   *
   * @return 32 bytes
   */
  public static byte[] sha256(String path) throws IOException {
    try (FileChannel file = FileChannel.open(Path.of(path), StandardOpenOption.READ)) {
      MessageDigest digest = digest();
      ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);
      while (file.read(chunk) >= 0) {
        digest.update(chunk.flip());
        chunk.clear();
      }
      return digest.digest();
    }
  }

  /** Returns the hash of bytes in memory, 32 bytes. */
  public static byte[] sha256(byte[] content) {
    return digest().digest(content);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
