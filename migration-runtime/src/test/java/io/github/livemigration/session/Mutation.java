package io.github.livemigration.session;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.livemigration.image.StateKind;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * The loss of a piece of state.
 *
 * @param kind of the state
 * @param program that notices
 * @param field of its report in which it notices
 * @param path of the place in a {@link WholeTarget}, see {@link RecordEdit}
 * @param change of what is there
 */
record Mutation(
    StateKind kind, SelfChecking program, String field, String path, UnaryOperator<Object> change) {

  WholeTarget apply(WholeTarget whole) {
    return RecordEdit.with(whole, path, change);
  }

  static WholeTarget applyAll(List<Mutation> losses, WholeTarget whole) {
    WholeTarget changed = whole;
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
