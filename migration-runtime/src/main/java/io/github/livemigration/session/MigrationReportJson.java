package io.github.livemigration.session;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Writes reports as JSON files and reads them back. Safe to use from any thread.
 *
 * <p>A reader never sees half a report: it is written beside its place and moved there. Fields that
 * are not known are skipped on reading, so that an old reader understands a newer writer.
 */
public final class MigrationReportJson {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  private static final ObjectWriter WRITER = MAPPER.writerWithDefaultPrettyPrinter();

  private MigrationReportJson() {}

  /** The report as JSON text that ends with a line break. */
  public static String toJson(MigrationReport report) {
    try {
      return WRITER.writeValueAsString(report) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report cannot be written as JSON", e);
    }
  }

  /**
   * Put the report where others look for it, all at once. An older one is replaced.
   *
   * @param path the file; its folder is created if it is missing
   * @throws IOException if the folder cannot be written; nothing is left beside the file then
   */
  public static void write(Path path, MigrationReport report) throws IOException {
    Path place = path.toAbsolutePath();
    Path folder = place.getParent();
    if (folder == null) {
      throw new IOException("not a file that a report can be written to: " + path);
    }
    Files.createDirectories(folder);
    Path draft = Files.createTempFile(folder, "." + place.getFileName(), ".tmp");
    try {
      Files.writeString(draft, toJson(report), StandardCharsets.UTF_8);
      Files.move(draft, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Read a report.
   *
   * @throws IOException if there is no such file, or it is not a report; the message names the file
   */
  public static MigrationReport read(Path path) throws IOException {
    try {
      return MAPPER.readValue(path.toFile(), MigrationReport.class);
    } catch (JsonProcessingException e) {
      throw new IOException("not a migration report: " + path + ": " + e.getOriginalMessage(), e);
    }
  }
}
