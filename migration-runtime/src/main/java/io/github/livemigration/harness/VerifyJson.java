package io.github.livemigration.harness;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Prints a result as JSON: verdict, both sides' reports of each move, numbers around it. */
final class VerifyJson {

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int NEIGHBOURS = 50;

  private VerifyJson() {}

  static String of(VerifyResult result) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("verdict", result.passed() ? "passed" : "failed");
    result.problem().ifPresent(problem -> root.put("problem", problem));
    result.verdict().mistake().ifPresent(mistake -> mistake(root.putObject("mistake"), mistake));
    root.put("target", result.target());
    root.put("startedAt", result.startedAt().toString());
    root.put("elapsedMillis", result.elapsed().toMillis());
    numbers(root.putObject("numbers"), result);
    result.largestGap().ifPresent(gap -> gap(root.putObject("largestGap"), gap));
    result.report().ifPresent(report -> root.set("migration", MAPPER.valueToTree(report)));
    ArrayNode hops = root.putArray("hops");
    for (HandOver handOver : result.handOvers()) {
      ObjectNode hop = hops.addObject();
      hop.put("hop", handOver.hop());
      hop.set("source", MAPPER.valueToTree(handOver.source()));
      hop.set("destination", MAPPER.valueToTree(handOver.destination()));
    }
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a result cannot be written as JSON", e);
    }
  }

  private static void mistake(ObjectNode node, Mistake mistake) {
    node.put("kind", mistake.kind().name().toLowerCase(java.util.Locale.ROOT).replace('_', '-'));
    node.put("position", mistake.position());
    node.put("description", mistake.description());
  }

  private static void gap(ObjectNode node, NumberSequence.Gap gap) {
    node.put("position", gap.position());
    node.put("millis", gap.duration().toNanos() / 1e6);
  }

  private static void numbers(ObjectNode node, VerifyResult result) {
    NumberSequence numbers = result.numbers();
    node.put("count", numbers.size());
    Optional<Integer> moved = result.firstAfterMove();
    if (moved.isPresent()) {
      int position = moved.get();
      if (position > 0) {
        node.put("lastBefore", numbers.value(position - 1));
      }
      node.put("firstAfter", numbers.value(position));
    }
    int middle = moved.orElse(numbers.size());
    ArrayNode around = node.putArray("aroundHandOver");
    for (int i = Math.max(0, middle - NEIGHBOURS);
        i < Math.min(numbers.size(), middle + NEIGHBOURS);
        i++) {
      ObjectNode number = around.addObject();
      number.put("number", numbers.value(i));
      number.put("side", numbers.sideName(numbers.sideOf(i)));
      number.put("millis", (numbers.nanoTime(i) - numbers.nanoTime(0)) / 1e6);
    }
  }
}
