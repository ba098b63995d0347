package io.github.livemigration.image;

/** What becomes of a kind of state in a migration. */
public enum Treatment {
  /** The program finds it as it was. */
  CARRIED("carried"),
  /** Carried where the conditions are met, otherwise refused by name. */
  CONDITIONAL("with conditions"),
  /** The program finds something else, as told. */
  CHANGED("changes"),
  /** A process that has it is not moved. */
  REFUSED("refused");

  private final String words;

  Treatment(String words) {
    this.words = words;
  }

  /** Returns the treatment as a user reads it. */
  public String words() {
    return words;
  }
}
