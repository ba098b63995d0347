package io.github.livemigration.image;

/**
 * Shared memory without a file that the destination creates anew.
 *
 * @param name for the memory file that holds it
 * @param lengthBytes its size
 */
public record SharedObject(String name, long lengthBytes) {
  public SharedObject {
    if (lengthBytes <= 0 || lengthBytes > AddressRange.USER_SPACE_END) {
      throw new IllegalArgumentException("shared object " + name + " of " + lengthBytes + " bytes");
    }
  }
}
