package io.github.livemigration.cli;

import io.github.livemigration.session.TriggerSignals;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads the name of a signal, with or without SIG. */
final class SignalName implements ITypeConverter<Integer> {
  @Override
  public Integer convert(String text) {
    try {
      return TriggerSignals.numberOf(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException(e.getMessage());
    }
  }
}
