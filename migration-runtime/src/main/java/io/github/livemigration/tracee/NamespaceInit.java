package io.github.livemigration.tracee;

import io.github.livemigration.linux.MemoryFd;
import io.github.livemigration.linux.Namespaces;
import io.github.livemigration.linux.OpenFlags;
import io.github.livemigration.linux.OwnedFd;
import io.github.livemigration.linux.ProcFs;
import io.github.livemigration.linux.ProcessMemory;
import io.github.livemigration.linux.Ptrace;
import io.github.livemigration.linux.Signals;
import io.github.livemigration.linux.Spawn;
import io.github.livemigration.linux.SystemCallException;
import io.github.livemigration.linux.UserNamespaces;
import io.github.livemigration.linux.Wait;
import io.github.livemigration.linux.WaitStatus;
import io.github.livemigration.linux.X8664;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;

/**
 * The first process of a new PID namespace, driven by remote calls until its only child is
 * complete.
 *
 * <p>It has a mount namespace with a {@code /proc} of its own and, where asked for, a time
 * namespace for its children. To be used on the tracer's thread only; that thread is its parent.
 * Until {@link #release} the kernel kills it, and so the whole namespace, when the tracer dies.
 */
public final class NamespaceInit {
  /** Length of {@code struct clone_args} in bytes. */
  public static final int CLONE_ARGUMENTS_BYTES = 88;

  private static final long CLONE_PARENT = 0x8000;

  /** CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM: what makes a thread. */
  private static final long CLONE_THREAD_FLAGS = 0x100 | 0x200 | 0x400 | 0x800 | 0x10000 | 0x40000;

  private static final int OPTIONS =
      Ptrace.OPTION_EXITKILL | Ptrace.OPTION_TRACEFORK | Ptrace.OPTION_TRACECLONE;

  private static final int PROT_READ_EXECUTE = 1 | 4;
  private static final int MAP_PRIVATE_ANONYMOUS_FIXED = 0x02 | 0x20 | 0x10;

  private static final long AREA_BYTES = 64 * 1024;
  private static final int MS_REC_PRIVATE = 0x4000 | 1 << 18;
  private static final int MS_NOSUID_NODEV_NOEXEC = 2 | 4 | 8;

  /** What process lists show. */
  private static final String NAME = "migration-init";

  private static final int PR_SET_PDEATHSIG = 1;
  private static final int PR_SET_NAME = 15;

  private final TracedThread thread;
  private final ProcessMemory memory;
  private final RemoteArea area;

  private NamespaceInit(TracedThread thread, ProcessMemory memory, RemoteArea area) {
    this.thread = thread;
    this.memory = memory;
    this.area = area;
  }

  /** Start the process and set up its namespaces. */
  public static NamespaceInit spawn() {
    NamespaceInit init =
        UserNamespaces.areNeeded() ? cloneIntoUserNamespace() : take(spawnInNewPidNamespace());
    try {
      init.setUp();
      return init;
    } catch (RuntimeException e) {
      init.kill();
      throw e;
    }
  }

  private static NamespaceInit take(int pid) {
    try {
      TracedThread thread = TracedThread.seize(pid, OPTIONS);
      thread.interrupt();
      thread.awaitStop();
      ProcessMemory memory = ProcessMemory.open(pid);
      RemoteArea area =
          RemoteArea.map(thread, memory, InitProgram.SYSCALL_INSTRUCTION, 0, AREA_BYTES);
      return new NamespaceInit(thread, memory, area);
    } catch (RuntimeException e) {
      Signals.kill(pid, Signals.SIGKILL);
      awaitEnd(pid);
      throw e;
    }
  }

  /**
   * A process with several threads, as every JVM is, can make no user namespace for itself, so a
   * helper of one thread clones the init into it. With CLONE_PARENT the init is this thread's child
   * all the same.
   */
  private static NamespaceInit cloneIntoUserNamespace() {
    NamespaceInit helper = take(spawnProgram());
    int[] child = new int[1];
    try {
      RemoteBatch batch = helper.area.batch();
      long flags = Namespaces.CLONE_NEWUSER | Namespaces.CLONE_NEWPID | CLONE_PARENT;
      long arguments = batch.bytes(cloneArguments(flags, 0, 0));
      batch.call(
          "clone3(CLONE_NEWUSER|CLONE_NEWPID)", X8664.CLONE3, arguments, CLONE_ARGUMENTS_BYTES);
      helper.thread.onNewTask(task -> child[0] = task);
      batch.run();
    } finally {
      helper.kill();
    }
    TracedThread thread = TracedThread.attached(child[0]);
    try {
      thread.awaitStop();
      UserNamespaces.mapOwnIds(child[0]);
      ProcessMemory memory = ProcessMemory.open(child[0]);
      return new NamespaceInit(thread, memory, helper.area.inherited(thread, memory));
    } catch (RuntimeException e) {
      Signals.kill(child[0], Signals.SIGKILL);
      awaitEnd(child[0]);
      throw e;
    }
  }

  private static int spawnProgram() {
    try (MemoryFd program = MemoryFd.create(NAME)) {
      program.write(InitProgram.elf());
      return Spawn.spawn(program.path(), List.of(NAME), Map.of());
    }
  }

  /**
   * The namespace of this thread's next children is changed for one spawn and then put back, as a
   * thread whose children go elsewhere can start no threads (unshare(2)).
   */
  private static int spawnInNewPidNamespace() {
    try (OwnedFd own = OwnedFd.open("/proc/self/ns/pid", OpenFlags.RDONLY | OpenFlags.CLOEXEC)) {
      Namespaces.unshare(Namespaces.CLONE_NEWPID);
      try {
        return spawnProgram();
      } finally {
        Namespaces.setns(own, Namespaces.CLONE_NEWPID);
      }
    }
  }

  private void setUp() {
    RemoteBatch batch = area.batch();
    long none = batch.string("none");
    long root = batch.string("/");
    long proc = batch.string("proc");
    long mountPoint = batch.string("/proc");
    batch.call("prctl(PR_SET_NAME)", X8664.PRCTL, PR_SET_NAME, batch.string(NAME));
    batch.call("close_range(3, ~0)", X8664.CLOSE_RANGE, 3, 0xffff_ffffL, 0);
    batch.call("setsid()", X8664.SETSID);
    batch.call("unshare(CLONE_NEWNS)", X8664.UNSHARE, Namespaces.CLONE_NEWNS);
    batch.call("mount(/, private)", X8664.MOUNT, none, root, 0, MS_REC_PRIVATE, 0);
    batch.call(
        "mount(proc, /proc)", X8664.MOUNT, proc, mountPoint, proc, MS_NOSUID_NODEV_NOEXEC, 0);
    batch.run();
  }

  /**
   * Give children a time namespace whose clocks are ahead of this host's.
   *
   * @param monotonicNanos added to CLOCK_MONOTONIC
   * @param boottimeNanos added to CLOCK_BOOTTIME
   * @see <a
   *     href="https://man7.org/linux/man-pages/man7/time_namespaces.7.html">time_namespaces(7)</a>
   */
  public void shiftClocks(long monotonicNanos, long boottimeNanos) {
    RemoteBatch batch = area.batch();
    batch.call("unshare(CLONE_NEWTIME)", X8664.UNSHARE, Namespaces.CLONE_NEWTIME);
    batch.run();
    String offsets =
        offset("monotonic", monotonicNanos) + "\n" + offset("boottime", boottimeNanos) + "\n";
    ProcFs.write(thread.tid(), "timens_offsets", offsets);
  }

  private static String offset(String clock, long nanos) {
    return clock
        + " "
        + Math.floorDiv(nanos, 1_000_000_000L)
        + " "
        + Math.floorMod(nanos, 1_000_000_000L);
  }

  /**
   * Fork a child with the given id in the namespace.
   *
   * @return the child's thread, stopped before its first instruction
   */
  public TracedThread fork(int pid) {
    RemoteBatch batch = area.batch();
    long ids = batch.longs(pid);
    long arguments = batch.bytes(cloneArguments(0, Signals.SIGCHLD, ids));
    batch.call(
        CallName.of("clone3(set_tid %s)", pid), X8664.CLONE3, arguments, CLONE_ARGUMENTS_BYTES);
    int[] child = new int[1];
    thread.onNewTask(task -> child[0] = task);
    batch.run();
    TracedThread forked = TracedThread.attached(child[0]);
    forked.awaitStop();
    return forked;
  }

  /**
   * Returns {@code struct clone_args} for a thread with a chosen id.
   *
   * @param ids address of the id, an int
   */
  public static byte[] threadArguments(long ids) {
    return cloneArguments(CLONE_THREAD_FLAGS, 0, ids);
  }

  private static byte[] cloneArguments(long flags, int exitSignal, long ids) {
    ByteBuffer arguments =
        ByteBuffer.allocate(CLONE_ARGUMENTS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    arguments.putLong(0, flags).putLong(32, exitSignal).putLong(64, ids);
    arguments.putLong(72, ids == 0 ? 0 : 1);
    return arguments.array();
  }

  /**
   * Let a fresh child, or a thread of it, run untraced: it issues a system call, and then waits for
   * ever.
   *
   * @param stack address that its stack pointer shall have
   */
  public static void idle(TracedThread thread, long stack, long number, long... arguments) {
    Registers registers = thread.registers();
    registers.prepareSystemCall(InitProgram.SYSCALL_INSTRUCTION, number, arguments);
    registers.setStackPointer(stack);
    thread.setRegisters(registers);
    thread.setOptions(0);
    thread.detach();
  }

  /**
   * Put a fresh child's program into memory of its own instead of a file that has no name, at which
   * an ordinary user may not look.
   */
  public static void keepProgram(RemoteArea area, ProcessMemory memory) {
    byte[] program = InitProgram.elf();
    RemoteBatch batch = area.batch();
    batch.call(
        "mmap(program)",
        X8664.MMAP,
        InitProgram.LOAD_ADDRESS,
        program.length,
        PROT_READ_EXECUTE,
        MAP_PRIVATE_ANONYMOUS_FIXED,
        -1,
        0);
    batch.run();
    memory.writeBytes(InitProgram.LOAD_ADDRESS, program);
  }

  /**
   * Let the system call filters of a fresh child, and of the threads that it starts from now on,
   * rest for as long as it is traced.
   */
  public static void suspendFilters(TracedThread thread) {
    thread.setOptions(OPTIONS | Ptrace.OPTION_SUSPEND_SECCOMP);
  }

  /** Returns an empty table of calls for the init. */
  public RemoteBatch batch() {
    return area.batch();
  }

  /** Returns the area that a forked child has inherited. */
  public RemoteArea inheritedArea(TracedThread child, ProcessMemory childMemory) {
    return area.inherited(child, childMemory);
  }

  /**
   * Returns the address of a {@code syscall} instruction that the init and its fresh children have.
   */
  public static long systemCallInstruction() {
    return InitProgram.SYSCALL_INSTRUCTION;
  }

  /** Returns the init's id in the tracer's PID namespace. */
  public int hostPid() {
    return thread.tid();
  }

  /**
   * Have the kernel kill the namespace when the tracer's thread ends, for as long as it lives.
   *
   * @see <a
   *     href="https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html">PR_SET_PDEATHSIG(2const)</a>
   */
  public void endWithTracer() {
    RemoteBatch batch = area.batch();
    batch.call("prctl(PR_SET_PDEATHSIG)", X8664.PRCTL, PR_SET_PDEATHSIG, Signals.SIGKILL);
    batch.run();
  }

  /**
   * From now on the death of the tracer lets the namespace live.
   *
   * <p>Such a death resumes the init, so it is put where it can run on by itself: it reaps until no
   * child is left, then ends with the main one's status, and meanwhile keeps its descriptors.
   */
  public void outliveTracer(int mainPid) {
    Registers registers = thread.registers();
    registers.prepareReaper(InitProgram.REAPER_ENTRY, mainPid);
    thread.setRegisters(registers);
    thread.setOptions(0);
  }

  /** Let the init run on its own, see {@link #outliveTracer}. */
  public void release(int mainPid) {
    area.unmap(InitProgram.SYSCALL_INSTRUCTION);
    runAlone(mainPid);
    memory.close();
  }

  /**
   * Let the init run on its own from wherever an interrupted piece of work has left it. To detach
   * takes back a single step, which the end of a tracer does not.
   */
  public void runAlone(int mainPid) {
    outliveTracer(mainPid);
    thread.detach();
  }

  /**
   * Have the init close all its descriptors, though another tracer, which has died, made it. It
   * goes on with what it was doing.
   *
   * @param pid in the tracer's PID namespace
   */
  public static void closeDescriptors(int pid) {
    TracedThread thread = TracedThread.seize(pid, 0);
    thread.interrupt();
    thread.awaitStop();
    long result =
        thread.call(InitProgram.SYSCALL_INSTRUCTION, X8664.CLOSE_RANGE, 3, 0xffff_ffffL, 0);
    thread.detach();
    if (result != 0) {
      throw new SystemCallException("remote close_range(3, ~0) in init " + pid, (int) -result);
    }
  }

  /**
   * Wait until the released init has ended.
   *
   * @return 0 to 255, as a shell reports it: 128 and the signal's number for a process that was
   *     killed
   */
  public int awaitEnd() {
    return awaitEnd(thread.tid());
  }

  private static int awaitEnd(int pid) {
    while (true) {
      WaitStatus status = Wait.waitFor(pid).status();
      if (status.hasEnded()) {
        return status.shellStatus();
      }
    }
  }

  /** Kill everything in the namespace, of which nothing but the init may be traced. */
  public void kill() {
    Signals.kill(thread.tid(), Signals.SIGKILL);
    awaitEnd();
    memory.close();
  }

  /**
   * Kill everything in the namespace, all that this thread traces, and collect it. The init cannot
   * end before its tracer has collected the rest, also of what it does not know yet: a call may
   * have failed right after one that made a process or a thread.
   */
  public void destroy() {
    Signals.kill(thread.tid(), Signals.SIGKILL);
    Wait.Waited report;
    do {
      report = Wait.waitAnyOfThisThread();
    } while (report.tid() != thread.tid() || !report.status().hasEnded());
    memory.close();
  }
}
