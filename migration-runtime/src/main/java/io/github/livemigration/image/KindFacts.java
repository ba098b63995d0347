package io.github.livemigration.image;

/**
 * What there is to tell about a kind of state.
 *
 * @param title its name in the user's words
 * @param treatment what becomes of it
 * @param why the reason of a refusal, the conditions, or what changes; empty where there is nothing
 *     to add
 * @param advice what the user can do where it stands in the way; empty where it never does
 * @param since the first version that treats it so
 * @param test simple name of the test class that shows it
 */
public record KindFacts(
    String title, Treatment treatment, String why, String advice, String since, String test) {
  private static final String FIRST_VERSION = "0.1.0";

  static KindFacts carried(String title) {
    return new KindFacts(title, Treatment.CARRIED, "", "", FIRST_VERSION, "");
  }

  static KindFacts conditional(String title, String conditions, String advice) {
    return new KindFacts(title, Treatment.CONDITIONAL, conditions, advice, FIRST_VERSION, "");
  }

  static KindFacts changed(String title, String what) {
    return new KindFacts(title, Treatment.CHANGED, what, "", FIRST_VERSION, "");
  }

  static KindFacts refused(String title, String why, String advice) {
    return new KindFacts(title, Treatment.REFUSED, why, advice, FIRST_VERSION, "");
  }

  /** Returns the same with what there is to add to a plain "carried". */
  KindFacts note(String words) {
    return new KindFacts(title, treatment, words, advice, since, test);
  }

  KindFacts since(String version) {
    return new KindFacts(title, treatment, why, advice, version, test);
  }

  KindFacts shownBy(String testClass) {
    return new KindFacts(title, treatment, why, advice, since, testClass);
  }
}
