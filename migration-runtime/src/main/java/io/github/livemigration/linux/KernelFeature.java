package io.github.livemigration.linux;

/**
 * One thing that a host can or cannot do, as found by trying it.
 *
 * @param id which thing
 * @param available whether it works here
 * @param detail what was found; for a no its cause, such as {@code userfaultfd(0x0): EPERM
 *     (Operation not permitted)}
 * @param remedy a command, or a step, that mends a no; empty when available
 */
public record KernelFeature(Id id, boolean available, String detail, String remedy) {
  /** The things that are tried, in the order in which they are reported. */
  public enum Id {
    /** The processor that the engine knows. */
    ARCHITECTURE("x86-64 processor", true),
    /** Version of the kernel. */
    KERNEL_RELEASE("Linux 6.7 or newer", true),
    /** Tracing of a process of our own. */
    PTRACE("ptrace of a child", true),
    /** Tracing of processes that others have started; without it, 'run' starts what it moves. */
    TRACE_RUNNING_PROCESS("ptrace of this user's running processes", false),
    /** Tracing of every process. */
    TRACE_ANY_PROCESS("right to trace any process (CAP_SYS_PTRACE)", false),
    /** Restartable sequences of a traced thread. */
    RSEQ_CONFIGURATION("PTRACE_GET_RSEQ_CONFIGURATION", true),
    /** Taking descriptors of another process. */
    PIDFD_GETFD("pidfd_getfd", true),
    /** Comparing open files of two processes. */
    KCMP("kcmp", true),
    /** Quick reading of another process; there is a slower way. */
    PROCESS_VM_READV("process_vm_readv", false),
    /** Counting of calls that change mappings; without it smaps is read again in the downtime. */
    CALL_COUNTER("counter of system calls (perf events)", false),
    /** Listing of pages. */
    PAGEMAP_SCAN("PAGEMAP_SCAN", true),
    /** Serving of page faults, also those of the kernel. */
    USERFAULTFD("userfaultfd", true),
    /** News of mremap, madvise and munmap. */
    USERFAULTFD_EVENTS("userfaultfd events (remap, remove, unmap)", true),
    /** News of fork; without it, a process runs once all of its memory has arrived. */
    USERFAULTFD_FORK("userfaultfd event fork, to run before the memory has arrived", false),
    /** Tracking of writes, for rounds of pre-copy. */
    USERFAULTFD_WRITE_TRACKING("userfaultfd asynchronous write protection", false),
    /** A program that lies in memory only. */
    EXECUTABLE_MEMFD("executable memfd", true),
    /** Choosing of pids. */
    CHOOSE_PIDS("clone3 with set_tid", true),
    /** Namespace of pids. */
    PID_NAMESPACE("PID namespace", true),
    /** Namespace of mounts. */
    MOUNT_NAMESPACE("mount namespace", true),
    /** Namespace of clocks. */
    TIME_NAMESPACE("time namespace", true),
    /** Setting what {@code /proc} shows of a process. */
    SET_MM_MAP("PR_SET_MM_MAP", true),
    /** Taking over of TCP connections. */
    TCP_REPAIR("TCP_REPAIR", false),
    /** Raising of limits. */
    RAISE_LIMITS("right to raise limits (CAP_SYS_RESOURCE)", false);

    private final String title;
    private final boolean required;

    Id(String title, boolean required) {
      this.title = title;
      this.required = required;
    }

    /** A few words for people. */
    public String title() {
      return title;
    }

    /** Whether nothing can be migrated without it. */
    public boolean required() {
      return required;
    }
  }

  /** A yes. */
  static KernelFeature yes(Id id, String detail) {
    return new KernelFeature(id, true, detail, "");
  }

  /** A no, with what mends it. */
  static KernelFeature no(Id id, String cause, String remedy) {
    return new KernelFeature(id, false, cause, remedy);
  }

  /** The few words for people. */
  public String name() {
    return id.title();
  }

  /** Whether nothing can be migrated without it. */
  public boolean required() {
    return id.required();
  }
}
