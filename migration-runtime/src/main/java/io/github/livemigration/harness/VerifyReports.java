package io.github.livemigration.harness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes what came out of moving a target: for programs, for people, and for build servers. */
public final class VerifyReports {

  private VerifyReports() {}

  /**
   * Write {@code report.json}, {@code report.html} and {@code TEST-migrate-verify.xml}. Older ones
   * are replaced.
   *
   * @param folder where they go; it is created if it is missing
   * @throws HarnessException if a file cannot be written
   */
  public static void write(Path folder, VerifyResult result) {
    try {
      Files.createDirectories(folder);
      write(folder.resolve("report.json"), VerifyJson.of(result));
      write(folder.resolve("report.html"), VerifyHtml.of(result));
      write(folder.resolve("TEST-migrate-verify.xml"), SurefireXml.of(result));
    } catch (IOException e) {
      throw new HarnessException("the reports cannot be written to " + folder, e);
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.writeString(file, text, StandardCharsets.UTF_8);
  }
}
