package io.github.livemigration.harness;

import io.github.livemigration.session.MigrationReport;
import io.github.livemigration.session.Outcome;
import io.github.livemigration.session.Refusal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * One move under way.
 *
 * @param number which move it is, from 1
 * @param source the side that the target leaves
 * @param receiver the side that it goes to
 * @param requestedNanoTime when it was asked for, by {@link System#nanoTime}
 */
record Hop(int number, SourceProcess source, ReceiverProcess receiver, long requestedNanoTime) {

  private static final Duration GRACE = Duration.ofSeconds(2);

  /**
   * Wait until both sides have finished.
   *
   * @throws MoveFailedException if the target did not move
   */
  HandOver await(Duration atMost) {
    boolean settled = Waiting.until(atMost, this::settled);
    Optional<MigrationReport> sent = source.report();
    Optional<MigrationReport> received = receiver.report();
    if (completed(sent) && completed(received)) {
      return new HandOver(number, sent.get(), received.get(), requestedNanoTime);
    }
    source.process().awaitExit(settled ? GRACE : Duration.ZERO);
    throw failure(settled, atMost);
  }

  /** Both have completed and the source has ended, or one of them cannot complete any more. */
  private boolean settled() {
    Optional<MigrationReport> sent = source.report();
    Optional<MigrationReport> received = receiver.report();
    if ((sent.isPresent() && !completed(sent)) || (received.isPresent() && !completed(received))) {
      return true;
    }
    OptionalInt status = source.process().exitStatus();
    if (status.isEmpty()) {
      return false;
    }
    return received.isPresent()
        || status.getAsInt() != 0
        || sent.isEmpty()
        || receiver.process().exitStatus().isPresent();
  }

  private static boolean completed(Optional<MigrationReport> report) {
    return report.isPresent() && report.get().outcome() == Outcome.COMPLETED;
  }

  private MoveFailedException failure(boolean settled, Duration atMost) {
    Optional<MigrationReport> report =
        source.report().filter(each -> each.outcome() != Outcome.COMPLETED).or(receiver::report);
    Outcome outcome =
        report
            .map(MigrationReport::outcome)
            .filter(each -> each != Outcome.COMPLETED)
            .orElse(Outcome.FAILED);
    String what =
        switch (outcome) {
          case REFUSED ->
              "the migration was refused, the target runs on at the source:"
                  + refusals(report.map(MigrationReport::refusals).orElse(List.of()));
          case ROLLED_BACK ->
              targetEnded()
                  ? "the target ended during the move"
                  : "the migration was rolled back, the target runs on at the source";
          case FAILED, COMPLETED ->
              !settled
                  ? "the migration did not end within " + Durations.words(atMost)
                  : targetEnded() && source.report().isEmpty()
                      ? "the target ended during the move"
                      : "the migration failed";
        };
    return new MoveFailedException(
        outcome,
        what + "\n  " + source.process().describe() + "\n  " + receiver.process().describe());
  }

  /** Before it has moved, the target lives as long as the {@code run} that started it. */
  private boolean targetEnded() {
    return number == 1 && source.process().exitStatus().isPresent();
  }

  private static String refusals(List<Refusal> refusals) {
    return refusals.stream().map(each -> "\n    " + each).collect(Collectors.joining());
  }
}
