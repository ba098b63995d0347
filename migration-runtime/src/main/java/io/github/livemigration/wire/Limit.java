package io.github.livemigration.wire;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Lower the limit that {@link RecordCodec} puts on a record component.
 *
 * <p>It counts bytes of a {@code byte[]} or a {@code String} (in UTF-8), and elements of any other
 * array, {@code List}, {@code Set} or {@code Map}. On an {@code Optional} it bounds what is inside;
 * on a {@code List} the list, not its elements.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Limit {
  /** Highest number that is sent or accepted, at most the default. */
  int value();
}
