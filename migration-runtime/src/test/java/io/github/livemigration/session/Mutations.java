package io.github.livemigration.session;

import static io.github.livemigration.session.SelfChecking.HOLDER;
import static io.github.livemigration.session.SelfChecking.HUGE_PAGES;
import static io.github.livemigration.session.SelfChecking.IDENTITY;
import static io.github.livemigration.session.SelfChecking.RARE;
import static io.github.livemigration.session.SelfChecking.REGISTERS;
import static io.github.livemigration.session.SelfChecking.SANDBOX;
import static io.github.livemigration.session.SelfChecking.STATE;
import static io.github.livemigration.session.SelfChecking.TIMERS;

import io.github.livemigration.image.AddressRange;
import io.github.livemigration.image.DescriptorKind;
import io.github.livemigration.image.MappingBacking;
import io.github.livemigration.image.MemoryKind;
import io.github.livemigration.image.MemoryLock;
import io.github.livemigration.image.OpenFile;
import io.github.livemigration.image.PageContents;
import io.github.livemigration.image.ProcessKind;
import io.github.livemigration.image.StateKind;
import io.github.livemigration.image.ThreadKind;
import io.github.livemigration.linux.CpuFeatures;
import io.github.livemigration.linux.HostFeatures;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** The pieces of state that can be lost, one line each; a new kind of state adds its own. */
final class Mutations {
  private static final int O_APPEND = 02000;
  private static final int KEEP_CAPS = 1 << 4;
  private static final long REGISTER_PATTERN = 0x5EED0FACADE5L;

  private Mutations() {}

  static List<Mutation> all() {
    return List.of(
        of(ProcessKind.UMASK, STATE, "/umask", "fileSystem.umask", v -> 0),
        of(ProcessKind.WORKING_DIRECTORY, STATE, "/cwd", "fileSystem.workingDirectory", v -> "/"),
        of(ThreadKind.NAME, STATE, "/name", "threads.name", v -> "lost"),
        of(ThreadKind.SIGNAL_ACTIONS, STATE, "/signals/1", "signals.actions", bytes(0, 32)),
        of(ThreadKind.SIGNAL_ACTIONS, STATE, "/signals/0", "threads.signalMask", v -> 1L << 27 | 2),
        of(
            ThreadKind.PENDING_SIGNALS,
            STATE,
            "/signals/3",
            "signals.pendingSignals",
            v -> List.of()),
        of(ThreadKind.SCHEDULING, STATE, "/nice", "threads.scheduling.attributes", bytes(16, 4)),
        of(ThreadKind.INTERVAL_TIMERS, STATE, "/virtual_timer", "timers.values", bytes(32, 32)),
        of(MemoryKind.SHARED_FILE, STATE, "/shared", "memory.mappings.backing", decoy(true)),
        of(
            MemoryKind.PRIVATE_FILE,
            STATE,
            "/private",
            "contents.eagerPages",
            Mutations::withoutFilePages),
        of(MemoryKind.LAYOUT, STATE, "/cmdline", "memory.layout.argumentStart", v -> (long) v + 1),
        of(DescriptorKind.PIPE, STATE, "/queued", "descriptors.pipes.queued", v -> new byte[0]),
        of(DescriptorKind.EVENTFD, HOLDER, "/event", "descriptors.files.file.count", v -> 0L),
        of(
            DescriptorKind.TIMERFD,
            HOLDER,
            "/timer",
            "descriptors.files.file.intervalNanos",
            v -> 1L),
        of(DescriptorKind.SIGNALFD, HOLDER, "/signals", "descriptors.files.file.mask", v -> 0L),
        of(
            DescriptorKind.EPOLL,
            HOLDER,
            "/watches",
            "descriptors.files.file.watches",
            v -> List.of()),
        of(
            DescriptorKind.INOTIFY,
            HOLDER,
            "/watched",
            "descriptors.files.file.watched",
            v -> List.of()),
        of(DescriptorKind.MEMORY_FILE, HOLDER, "/seals", "memory.objects.seals", v -> 0),
        of(
            DescriptorKind.DELETED_FILE,
            HOLDER,
            "/deleted",
            "descriptors.files.file.offsetBytes",
            v -> 1L),
        of(
            DescriptorKind.OWN_PROCESS_FILE,
            HOLDER,
            "/own",
            "descriptors.files.file.name",
            v -> "limits"),
        of(MemoryKind.SHARED, HOLDER, "/memory_file", "memory.objects.name", v -> "lost"),
        of(MemoryKind.LOCKED, HOLDER, "/locked", "memory.mappings.lock", v -> MemoryLock.NONE),
        of(MemoryKind.GUARD_REGIONS, HOLDER, "/guarded", "contents.guards", v -> List.of()),
        of(
            MemoryKind.HUGE_PAGES,
            HUGE_PAGES,
            "/mappings",
            "memory.mappings.backing",
            v -> v instanceof MappingBacking.HugePages ? new MappingBacking.PrivateAnonymous() : v),
        of(
            MemoryKind.HUGE_PAGES,
            HUGE_PAGES,
            "/mappings",
            "memory.objects.pageBytes",
            v -> AddressRange.PAGE_BYTES),
        of(MemoryKind.PROTECTION_KEY, HOLDER, "/keys", "memory.mappings.protectionKey", v -> 0),
        of(
            MemoryKind.PROTECTION_KEY,
            HOLDER,
            "/allocated",
            "memory.protectionKeys.allocated",
            v -> 0),
        of(MemoryKind.PRIVATE, HOLDER, "/undumped", "memory.mappings.advice", v -> List.of()),
        of(
            ThreadKind.PROCESSOR_TIME_TIMERS,
            HOLDER,
            "/processor_timer",
            "posixTimers.intervalNanos",
            v -> 2 * (long) v),
        of(ThreadKind.IGNORED_SIGTRAP, HOLDER, "/ignored", "signals.actions", bytes(4 * 32, 8)),
        of(ThreadKind.LOCKS, HOLDER, "/robust_list", "threads.robustListHead", v -> 0L),
        of(ThreadKind.LOCAL_STORAGE, HOLDER, "/clear_child_tid", "threads.clearChildTid", v -> 0L),
        of(
            ThreadKind.SPECULATION,
            RARE,
            "/worker/speculation",
            "threads.controls.speculation",
            v -> List.of(3, 3, 8)),
        of(
            ThreadKind.MEMORY_POLICY,
            RARE,
            "/worker/policy",
            "threads.controls.memoryPolicy.mode",
            v -> 0),
        of(
            ThreadKind.DISPATCH,
            RARE,
            "/worker/dispatched",
            "threads.dispatch",
            v -> Optional.empty()),
        of(
            ProcessKind.SECCOMP,
            SANDBOX,
            "/main/getppid",
            "systemCallFilters.program",
            permitting(110)),
        of(
            DescriptorKind.PIPE,
            STATE,
            "/pipe_capacity",
            "descriptors.pipes.capacityBytes",
            v -> 65_536),
        of(
            DescriptorKind.FILE,
            STATE,
            "/appends",
            "descriptors.files.file.flags",
            v -> (int) v & ~O_APPEND),
        of(
            DescriptorKind.FILE,
            STATE,
            "/offsets_shared",
            "descriptors.files",
            v -> unshared((List<?>) v)),
        of(
            DescriptorKind.FILE,
            STATE,
            "/close_on_exec",
            "descriptors.files.descriptors.closeOnExec",
            v -> false),
        of(
            ProcessKind.CREDENTIALS,
            IDENTITY,
            "/worker/Uid",
            "threads.credentials.userIds",
            v -> firstOnly((List<?>) v)),
        of(
            ProcessKind.CREDENTIALS,
            IDENTITY,
            "/worker/Groups",
            "threads.credentials.supplementaryGroups",
            v -> List.of()),
        of(
            ProcessKind.CREDENTIALS,
            IDENTITY,
            "/main/CapAmb",
            "threads.credentials.ambient",
            v -> 0L),
        of(
            ProcessKind.CREDENTIALS,
            IDENTITY,
            "/main/CapEff",
            "threads.credentials.effective",
            v -> (long) v & ~(1L << 6)),
        of(
            ProcessKind.CREDENTIALS,
            IDENTITY,
            "/main/CapBnd",
            "threads.credentials.bounding",
            v -> (long) v | 1L << 22),
        of(
            ProcessKind.CREDENTIALS,
            IDENTITY,
            "/main/securebits",
            "threads.credentials.secureBits",
            v -> (int) v & KEEP_CAPS),
        of(
            ProcessKind.NO_NEW_PRIVILEGES,
            IDENTITY,
            "/main/NoNewPrivs",
            "threads.credentials.noNewPrivileges",
            v -> false),
        of(ProcessKind.LIMITS, IDENTITY, "/limits", "limits.soft", v -> smaller((List<?>) v)),
        of(ProcessKind.OOM_SCORE, IDENTITY, "/oom", "controls.oomScoreAdjustment", v -> 0),
        of(ProcessKind.SWITCHES, IDENTITY, "/coredump", "controls.coredumpFilter", v -> 0x33),
        of(ProcessKind.SWITCHES, IDENTITY, "/subreaper", "controls.childSubreaper", v -> false),
        of(ProcessKind.SWITCHES, IDENTITY, "/thp", "controls.hugePagesDisabled", v -> 0),
        of(ProcessKind.MEMORY_BARRIERS, IDENTITY, "/barriers", "controls.memoryBarriers", v -> 0),
        of(ProcessKind.DUMPABLE, IDENTITY, "/dumpable", "controls.dumpable", v -> 0),
        of(
            ThreadKind.SWITCHES,
            IDENTITY,
            "/worker/personality",
            "threads.controls.personality",
            v -> 0L),
        of(
            ThreadKind.SWITCHES,
            IDENTITY,
            "/worker/pdeathsig",
            "threads.controls.parentDeathSignal",
            v -> 0),
        of(
            ThreadKind.SWITCHES,
            IDENTITY,
            "/main/mce",
            "threads.controls.machineCheckPolicy",
            v -> 2),
        of(ThreadKind.SCHEDULING, IDENTITY, "/main/ioprio", "threads.controls.ioPriority", v -> 0),
        of(
            ThreadKind.POSIX_TIMERS,
            TIMERS,
            "/interval",
            "posixTimers.intervalNanos",
            v -> 2 * (long) v),
        of(
            ThreadKind.POSIX_TIMERS,
            TIMERS,
            "/process/value",
            "posixTimers.value",
            v -> (long) v ^ 1),
        of(
            ThreadKind.REGISTERS,
            REGISTERS,
            "/general",
            "threads.generalRegisters",
            withoutPattern(8)),
        of(ThreadKind.REGISTERS, REGISTERS, "/xmm", "threads.extendedState", bytes(160, 256)),
        of(ThreadKind.REGISTERS, REGISTERS, "/ymm", "threads.extendedState", bytes(576, 256)),
        of(ThreadKind.REGISTERS, REGISTERS, "/x87", "threads.extendedState", bytes(32, 128)));
  }

  static List<Mutation> of(SelfChecking program) {
    boolean hasKeys = CpuFeatures.ofThisHost().has("ospke");
    boolean speculationVaries = HostFeatures.switchesSpeculation();
    return all().stream()
        .filter(mutation -> mutation.program() == program)
        .filter(mutation -> hasKeys || mutation.kind() != MemoryKind.PROTECTION_KEY)
        .filter(mutation -> speculationVaries || mutation.kind() != ThreadKind.SPECULATION)
        .toList();
  }

  private static Mutation of(
      StateKind kind,
      SelfChecking program,
      String field,
      String path,
      UnaryOperator<Object> change) {
    String whole = path.startsWith("contents.") ? path : "image." + path;
    return new Mutation(kind, program, field, whole, change);
  }

  /** Clears bytes. */
  private static UnaryOperator<Object> bytes(int offset, int length) {
    return v -> ByteBuffer.wrap(((byte[]) v).clone()).put(offset, new byte[length]).array();
  }

  /** Has the filter that denies a call permit it: the third instruction returns the verdict. */
  private static UnaryOperator<Object> permitting(int call) {
    return v -> {
      ByteBuffer program = ByteBuffer.wrap(((byte[]) v).clone()).order(ByteOrder.LITTLE_ENDIAN);
      return program.getInt(12) == call ? program.putInt(20, 0x7fff_0000).array() : v;
    };
  }

  /** Clears the words that hold the pattern. */
  private static UnaryOperator<Object> withoutPattern(int step) {
    return v -> {
      ByteBuffer words = ByteBuffer.wrap(((byte[]) v).clone()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < words.capacity(); i += step) {
        if (words.getLong(i) == REGISTER_PATTERN) {
          words.putLong(i, 0);
        }
      }
      return words.array();
    };
  }

  private static UnaryOperator<Object> decoy(boolean shared) {
    return v ->
        v instanceof MappingBacking.SameFile file
                && file.openForWriting() == shared
                && file.path().endsWith("/mapped")
            ? new MappingBacking.SameFile(
                file.path().replace("/mapped", "/decoy"), file.offsetBytes(), shared)
            : v;
  }

  private static List<PageContents> withoutFilePages(Object pages) {
    return ((List<?>) pages)
        .stream()
            .map(PageContents.class::cast)
            .map(
                page ->
                    new String(page.bytes(), 0, 4, StandardCharsets.US_ASCII).equals("mine")
                        ? new PageContents(
                            page.startAddress(), new byte[page.bytes().length], page.hot())
                        : page)
            .toList();
  }

  /** Gives each descriptor of the file a description of its own, at an offset of its own. */
  private static List<OpenFile.Shared> unshared(List<?> files) {
    List<OpenFile.Shared> alone = new ArrayList<>();
    for (Object each : files) {
      OpenFile.Shared shared = (OpenFile.Shared) each;
      if (shared.file() instanceof OpenFile.ReopenedPath file && file.path().endsWith("/offset")) {
        OpenFile apart = RecordEdit.with(file, "offsetBytes", v -> 9L);
        shared.descriptors().forEach(one -> alone.add(new OpenFile.Shared(apart, List.of(one))));
      } else {
        alone.add(shared);
      }
    }
    return alone;
  }

  private static List<Object> firstOnly(List<?> ids) {
    return List.of(ids.get(0), ids.get(0), ids.get(0), ids.get(0));
  }

  private static List<Object> smaller(List<?> limits) {
    List<Object> changed = new ArrayList<>(limits);
    changed.set(4, 4096L); // RLIMIT_CORE
    return changed;
  }
}
