package io.github.livemigration.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Loading says nothing about the host: a feature that is missing shows when it is used. */
class LoadClassTest {
  static Stream<String> classes() {
    Path folder = Path.of("target/classes/io/github/livemigration/linux");
    String[] names = new File(folder.toUri()).list();
    return Stream.of(names == null ? new String[0] : names)
        .filter(name -> name.endsWith(".class") && !name.startsWith("package-info"))
        .map(name -> "io.github.livemigration.linux." + name.replace(".class", ""));
  }

  @ParameterizedTest
  @MethodSource("classes")
  void everyClassLoads(String name) throws Exception {
    assertThat(Class.forName(name, true, getClass().getClassLoader())).isNotNull();
  }
}
