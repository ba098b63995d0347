package io.github.livemigration.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.livemigration.image.ProcessImage;
import io.github.livemigration.image.StateKind;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The loss of a piece of state.
 *
 * @param kind of the state
 * @param program that notices
 * @param field of its report in which it notices
 * @param path of the place in the image, see {@link RecordEdit}
 * @param change of what is there
 */
record Mutation(
    StateKind kind, SelfChecking program, String field, String path, UnaryOperator<Object> change) {

  ProcessImage apply(ProcessImage image) {
    return RecordEdit.with(image, path, change);
  }

  static ProcessImage applyAll(List<Mutation> losses, ProcessImage image) {
    ProcessImage changed = image;
    for (Mutation loss : losses) {
      changed = loss.apply(changed);
    }
    return changed;
  }

  /**
   * Returns the report without the field in which the loss shows, for each thread that reports it.
   */
  JsonNode without(JsonNode report) {
    ObjectNode rest = report.deepCopy();
    String[] names = field.split("/");
    if (rest.get(names[1]) instanceof ObjectNode) {
      rest.forEach(part -> withoutField(part, names[2]));
    } else {
      rest.remove(names[1]);
    }
    return rest;
  }

  private static void withoutField(JsonNode part, String name) {
    if (part instanceof ObjectNode object) {
      object.remove(name);
    }
  }

  @Override
  public String toString() {
    return kind.id() + " (" + path + ")";
  }
}
