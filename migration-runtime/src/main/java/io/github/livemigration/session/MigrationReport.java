package io.github.livemigration.session;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What one side of a migration has to tell about it. Immutable.
 *
 * <p>A number that this side cannot know is 0.
 *
 * @param outcome how it ended
 * @param mode when the memory travelled
 * @param pid the process id as the target itself sees it; it keeps this id when it moves
 * @param hostPid the id of the restored process in the receiver's own PID namespace; 0 on the
 *     sender's side
 * @param threads threads of the target
 * @param mappings memory mappings of the target
 * @param residentBytes memory that the target held at the freeze
 * @param downtimeMillis freeze to resume, in milliseconds, as the side that writes it can know it
 * @param totalMillis start of the session to its end, in milliseconds
 * @param pages pages by the way they took
 * @param faultLatencyMicros how long threads waited for missing pages
 * @param drainBytesPerSecond speed at which the memory arrived after the process had moved
 * @param phases the steps, in the order in which they began
 * @param refusals what cannot be carried; empty unless the migration was refused
 */
public record MigrationReport(
    Outcome outcome,
    MigrationMode mode,
    int pid,
    @JsonInclude(JsonInclude.Include.NON_DEFAULT) int hostPid,
    int threads,
    int mappings,
    long residentBytes,
    double downtimeMillis,
    double totalMillis,
    PageCounts pages,
    FaultLatency faultLatencyMicros,
    long drainBytesPerSecond,
    List<Phase> phases,
    List<Refusal> refusals) {

  /**
   * Check and copy. Everything but the outcome may be missing in a report that was read.
   *
   * @throws NullPointerException if there is no outcome
   */
  public MigrationReport {
    Objects.requireNonNull(outcome, "outcome");
    mode = Objects.requireNonNullElse(mode, MigrationMode.POST_COPY);
    pages = Objects.requireNonNullElse(pages, PageCounts.NONE);
    faultLatencyMicros = Objects.requireNonNullElse(faultLatencyMicros, FaultLatency.NONE);
    phases = List.copyOf(Objects.requireNonNullElse(phases, List.of()));
    refusals = List.copyOf(Objects.requireNonNullElse(refusals, List.of()));
  }

  /** Begin a report: failed by post-copy, with all numbers 0, until told otherwise. */
  public static Builder builder() {
    return new Builder();
  }

  /** Begin a report that has everything that this one has. */
  public Builder toBuilder() {
    Builder builder =
        new Builder()
            .outcome(outcome)
            .mode(mode)
            .pid(pid)
            .hostPid(hostPid)
            .threads(threads)
            .mappings(mappings)
            .residentBytes(residentBytes)
            .pages(pages)
            .faultLatency(faultLatencyMicros)
            .drainBytesPerSecond(drainBytesPerSecond);
    builder.downtimeMillis = downtimeMillis;
    builder.totalMillis = totalMillis;
    builder.phases.addAll(phases);
    builder.refusals.addAll(refusals);
    return builder;
  }

  /** Freeze to resume, as the side that wrote the report can know it. */
  public Duration downtime() {
    return Millis.toDuration(downtimeMillis);
  }

  /** Start of the session to its end. */
  public Duration total() {
    return Millis.toDuration(totalMillis);
  }

  /** The first phase of this name. */
  public Optional<Phase> phase(String name) {
    return phases.stream().filter(phase -> phase.name().equals(name)).findFirst();
  }

  /**
   * Collects a report step by step, while a migration goes on.
   *
   * <p>Safe to fill from several threads; a report that is built shows what was known by then.
   */
  public static final class Builder {

    private Outcome outcome = Outcome.FAILED;
    private MigrationMode mode = MigrationMode.POST_COPY;
    private int pid;
    private int hostPid;
    private int threads;
    private int mappings;
    private long residentBytes;
    private double downtimeMillis;
    private double totalMillis;
    private PageCounts pages = PageCounts.NONE;
    private FaultLatency faultLatency = FaultLatency.NONE;
    private long drainBytesPerSecond;
    private final List<Phase> phases = new ArrayList<>();
    private final List<Refusal> refusals = new ArrayList<>();

    private Builder() {}

    public synchronized Builder outcome(Outcome value) {
      outcome = value;
      return this;
    }

    public synchronized Builder mode(MigrationMode value) {
      mode = value;
      return this;
    }

    public synchronized Builder pid(int value) {
      pid = value;
      return this;
    }

    public synchronized Builder hostPid(int value) {
      hostPid = value;
      return this;
    }

    public synchronized Builder threads(int value) {
      threads = value;
      return this;
    }

    public synchronized Builder mappings(int value) {
      mappings = value;
      return this;
    }

    public synchronized Builder residentBytes(long value) {
      residentBytes = value;
      return this;
    }

    /** Freeze to resume. */
    public synchronized Builder downtime(Duration value) {
      downtimeMillis = Millis.of(value);
      return this;
    }

    /** Start of the session to its end. */
    public synchronized Builder total(Duration value) {
      totalMillis = Millis.of(value);
      return this;
    }

    public synchronized Builder pages(PageCounts value) {
      pages = value;
      return this;
    }

    public synchronized Builder faultLatency(FaultLatency value) {
      faultLatency = value;
      return this;
    }

    public synchronized Builder drainBytesPerSecond(long value) {
      drainBytesPerSecond = value;
      return this;
    }

    /** Add a step; the times count from the start of the session. */
    public synchronized Builder phase(String name, Duration start, Duration end) {
      phases.add(new Phase(name, Millis.of(start), Millis.of(end)));
      return this;
    }

    /** Add a thing that cannot be carried. */
    public synchronized Builder refusal(Refusal value) {
      refusals.add(value);
      return this;
    }

    /** The report of what is known now; the builder can be filled on. */
    public synchronized MigrationReport build() {
      return new MigrationReport(
          outcome,
          mode,
          pid,
          hostPid,
          threads,
          mappings,
          residentBytes,
          downtimeMillis,
          totalMillis,
          pages,
          faultLatency,
          drainBytesPerSecond,
          phases,
          refusals);
    }
  }
}
