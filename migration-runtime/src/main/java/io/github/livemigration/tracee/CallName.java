package io.github.livemigration.tracee;

/**
 * The name of a remote call with the arguments that matter. It is put into words only when somebody
 * reads it: a table has hundreds of calls, and a process stands still meanwhile.
 */
public final class CallName {
  private final String format;
  private final Object[] arguments;

  private CallName(String format, Object[] arguments) {
    this.format = format;
    this.arguments = arguments;
  }

  /**
   * Name a call.
   *
   * @param format as for {@link String#format}
   */
  public static CallName of(String format, Object... arguments) {
    return new CallName(format, arguments);
  }

  static CallName plain(String name) {
    return new CallName("%s", new Object[] {name});
  }

  @Override
  public String toString() {
    return format.formatted(arguments);
  }
}
