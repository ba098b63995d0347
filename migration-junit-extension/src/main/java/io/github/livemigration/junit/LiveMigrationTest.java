package io.github.livemigration.junit;

import io.github.livemigration.session.MigrationMode;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Make a test of a method that moves a running process.
 *
 * <p>Before the test the target is forked, and a receiver is started in a process of its own. The
 * method can have a parameter of the type {@link LiveMigration}:
 *
 * <pre>{@code
 * @LiveMigrationTest(mainClass = Counter.class)
 * void goesOnCounting(LiveMigration migration) {
 *   migration.output().awaitNumber(20);
 *   MigrationReport report = migration.migrate();
 *   migration.output().awaitNumber(40);
 *   assertThat(migration.output().numbers()).isConsecutive();
 * }
 * }</pre>
 *
 * <p>After the test no process, no port and no temporary file is left, whatever the test did. When
 * it failed, the output of all processes becomes a report entry.
 *
 * <p>Nothing else is needed on the method. The annotation can be used as a meta-annotation, and
 * repeats for each method that it is found on; on a method that is a test for another reason too,
 * such as {@code @RepeatedTest}, use one of the two. Tests can run in parallel: each has ports,
 * files and processes of its own.
 *
 * <p>Configuration parameters, as in {@code junit-platform.properties} or system properties:
 *
 * <ul>
 *   <li>{@code migrate.unsupported}: what happens on a host that cannot migrate. With {@code fail},
 *       the default, the test fails with the words of {@code doctor}; with {@code skip} it is
 *       skipped with them.
 *   <li>{@code migrate.reportDirectory}: a folder for one JSON report a move. By default none is
 *       kept.
 *   <li>{@code migrate.rehearsals}: how many migrations sender and receiver each rehearse before a
 *       move, 0 to 9999. By default 10, so that tests start soon; 80, as on the command line, let
 *       the process stand still for a shorter time.
 *   <li>{@code migrate.command}: the words that start the command line, such as {@code java -jar
 *       migrate.jar}. By default the one on the class path is used; its rehearsals are its own.
 * </ul>
 *
 * @see LiveMigration
 */
@Documented
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Test
@ExtendWith(LiveMigrationExtension.class)
public @interface LiveMigrationTest {

  /**
   * The class whose {@code main} is the target, run by the Java and on the class path of the test.
   * Either this or {@link #command} is needed.
   */
  Class<?> mainClass() default void.class;

  /** The program that is the target, with its arguments; found the way a shell finds it. */
  String[] command() default {};

  /** Arguments of the {@link #mainClass}. */
  String[] arguments() default {};

  /** Arguments of the Java that runs the {@link #mainClass}, such as {@code -Xmx64m}. */
  String[] jvmArguments() default {};

  /** When the memory travels. */
  MigrationMode mode() default MigrationMode.POST_COPY;

  /** Whether the content of every page is compared at the end of a move. */
  boolean verifyPages() default false;

  /**
   * A regular expression that finds the number in a line of the output: its first group, or the
   * whole match. By default every word that is a decimal number counts.
   */
  String numberPattern() default "";

  /** The longest that each single step may take: starting, moving, waiting for a number. */
  long timeoutSeconds() default 60;
}
