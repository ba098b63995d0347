package io.github.livemigration.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tries each feature of {@link KernelFeature.Id} in the least harmful way, and explains what
 * failed.
 */
final class KernelProbe {
  private static final long FEATURE_EVENTS =
      UserfaultFd.FEATURE_EVENT_REMAP
          | UserfaultFd.FEATURE_EVENT_REMOVE
          | UserfaultFd.FEATURE_EVENT_UNMAP;
  private static final long FEATURE_TRACKING =
      UserfaultFd.FEATURE_WP_ASYNC | UserfaultFd.FEATURE_WP_UNPOPULATED;
  private static final int NEEDED_MAJOR = 6;
  private static final int NEEDED_MINOR = 7;
  private static final long CLONE_VM = 0x100;
  private static final int PR_SET_MM = 35;
  private static final int PR_SET_MM_MAP_SIZE = 15;
  private static final int AF_INET = 2;
  private static final int SOCK_STREAM = 1;
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_REPAIR = 19;

  private KernelProbe() {}

  /** An attempt: returns what was found, and throws what went wrong. */
  private interface Attempt {
    String run();
  }

  static List<KernelFeature> tryAll() {
    List<KernelFeature> found = new ArrayList<>();
    found.add(architecture(System.getProperty("os.arch", "unknown")));
    found.add(release(ProcFs.readText("/proc/sys/kernel/osrelease").strip()));
    found.addAll(tryOnChild());
    found.add(runningProcesses());
    found.add(
        capability(KernelFeature.Id.TRACE_ANY_PROCESS, Credentials.CAP_SYS_PTRACE, "SYS_PTRACE"));
    found.add(attempt(KernelFeature.Id.KCMP, "5.9", KernelProbe::kcmp));
    found.add(attempt(KernelFeature.Id.CALL_COUNTER, "4.1", KernelProbe::callCounter));
    found.add(attempt(KernelFeature.Id.PAGEMAP_SCAN, "6.7", KernelProbe::pageMapScan));
    found.add(attempt(KernelFeature.Id.USERFAULTFD, "4.11", () -> userfaultFeatures(0)));
    found.add(
        attempt(
            KernelFeature.Id.USERFAULTFD_EVENTS, "4.11", () -> userfaultFeatures(FEATURE_EVENTS)));
    found.add(
        attempt(
            KernelFeature.Id.USERFAULTFD_FORK,
            "4.11",
            () -> userfaultFeatures(UserfaultFd.FEATURE_EVENT_FORK)));
    found.add(
        attempt(
            KernelFeature.Id.USERFAULTFD_WRITE_TRACKING,
            "6.7",
            () -> userfaultFeatures(FEATURE_TRACKING)));
    if (!UserNamespaces.areNeeded()) { // Otherwise there has to be a user namespace to try them in.
      found.add(attempt(KernelFeature.Id.CHOOSE_PIDS, "5.5", KernelProbe::choosePid));
      found.add(namespace(KernelFeature.Id.PID_NAMESPACE, Namespaces.CLONE_NEWPID, "3.8"));
      found.add(namespace(KernelFeature.Id.MOUNT_NAMESPACE, Namespaces.CLONE_NEWNS, "3.8"));
      found.add(namespace(KernelFeature.Id.TIME_NAMESPACE, Namespaces.CLONE_NEWTIME, "5.6"));
    }
    found.add(attempt(KernelFeature.Id.SET_MM_MAP, "3.18", KernelProbe::memoryMapSize));
    found.add(attempt(KernelFeature.Id.TCP_REPAIR, "3.5", KernelProbe::tcpRepair));
    found.add(
        capability(KernelFeature.Id.RAISE_LIMITS, Credentials.CAP_SYS_RESOURCE, "SYS_RESOURCE"));
    return found;
  }

  static KernelFeature architecture(String name) {
    return name.equals("amd64") || name.equals("x86_64")
        ? KernelFeature.yes(KernelFeature.Id.ARCHITECTURE, name)
        : KernelFeature.no(KernelFeature.Id.ARCHITECTURE, "this is " + name, "use an x86-64 host");
  }

  static KernelFeature release(String release) {
    String[] numbers = release.split("[^0-9]+", 3);
    int major = number(numbers, 0);
    int minor = number(numbers, 1);
    return major > NEEDED_MAJOR || (major == NEEDED_MAJOR && minor >= NEEDED_MINOR)
        ? KernelFeature.yes(KernelFeature.Id.KERNEL_RELEASE, release)
        : KernelFeature.no(
            KernelFeature.Id.KERNEL_RELEASE, "this is " + release, newerKernel("6.7"));
  }

  private static int number(String[] numbers, int index) {
    return index < numbers.length && !numbers[index].isEmpty()
        ? Integer.parseInt(numbers[index])
        : 0;
  }

  /** What can only be tried on another process: a child, started from memory. */
  private static List<KernelFeature> tryOnChild() {
    List<KernelFeature> found = new ArrayList<>();
    int pid;
    try {
      pid = PauseProgram.spawn();
      found.add(
          KernelFeature.yes(KernelFeature.Id.EXECUTABLE_MEMFD, "started a program in memory"));
    } catch (SystemCallException e) {
      String remedy =
          e.errno() == Errno.EACCES ? "sysctl -w vm.memfd_noexec=0" : mend(e.errno(), "3.17");
      found.add(KernelFeature.no(KernelFeature.Id.EXECUTABLE_MEMFD, message(e), remedy));
      for (KernelFeature.Id id :
          List.of(
              KernelFeature.Id.PTRACE,
              KernelFeature.Id.RSEQ_CONFIGURATION,
              KernelFeature.Id.PROCESS_VM_READV,
              KernelFeature.Id.PIDFD_GETFD)) {
        found.add(KernelFeature.no(id, "no child to try it on: " + message(e), remedy));
      }
      return found;
    }
    try {
      found.add(attempt(KernelFeature.Id.PTRACE, "3.4", () -> trace(pid)));
      found.add(attempt(KernelFeature.Id.RSEQ_CONFIGURATION, "5.13", () -> rseq(pid)));
      found.add(attempt(KernelFeature.Id.PROCESS_VM_READV, "3.2", () -> readMemory(pid)));
      found.add(attempt(KernelFeature.Id.PIDFD_GETFD, "5.6", () -> takeDescriptor(pid)));
      return found;
    } finally {
      PauseProgram.end(pid);
    }
  }

  private static String trace(int pid) {
    Ptrace.seize(pid, Ptrace.OPTION_EXITKILL);
    Ptrace.interrupt(pid);
    Wait.waitFor(pid);
    NativeBuffer registers = NativeBuffer.allocate(NativeBuffer.PAGE_SIZE);
    return "read "
        + Ptrace.getRegisterSet(pid, Ptrace.NT_PRSTATUS, registers)
        + " bytes of registers";
  }

  private static String rseq(int pid) {
    return Ptrace.rseqConfiguration(pid).isPresent() ? "registered" : "none registered";
  }

  private static String readMemory(int pid) {
    NativeBuffer local = NativeBuffer.allocate(NativeBuffer.PAGE_SIZE);
    String first = ProcFs.readText(pid, "maps");
    long remote = Long.parseUnsignedLong(first.substring(0, first.indexOf('-')), 16);
    NativeBuffer vectors = Scratch.get();
    vectors.putLong(0, local.address());
    vectors.putLong(8, local.length());
    vectors.putLong(16, remote);
    vectors.putLong(24, local.length());
    long count = LibC.process_vm_readv(pid, vectors.address(), 1, vectors.address() + 16, 1, 0);
    if (count < 0) {
      throw LibC.failure("process_vm_readv(" + pid + ")");
    }
    return "read " + count + " of " + local.length() + " bytes";
  }

  private static String takeDescriptor(int pid) {
    int number = ProcFs.descriptors(pid).stream().findFirst().orElse(0);
    try (Pidfd child = Pidfd.open(pid);
        OwnedFd copy = child.takeFd(number)) {
      return "took " + copy;
    } catch (SystemCallException e) {
      // A child without any descriptor: the call itself was allowed.
      if (e.errno() == Errno.EBADF) {
        return "allowed";
      }
      throw e;
    }
  }

  private static String kcmp() {
    int pid = SelfProcess.pid();
    Kcmp.sameFileTable(pid, pid);
    return "compared";
  }

  private static String callCounter() {
    try (CallCounter counter = CallCounter.of(SelfProcess.pid(), MappingCalls.filter(false))) {
      return counter.hasNone() ? "counted none" : "counted some";
    }
  }

  private static String pageMapScan() {
    long[] pages = new long[1];
    NativeBuffer page = NativeBuffer.allocate(NativeBuffer.PAGE_SIZE);
    page.putLong(0, 1);
    try (PageMapScan scan = PageMapScan.open(SelfProcess.pid())) {
      long end = page.address() + NativeBuffer.PAGE_SIZE;
      long any = PageMapScan.PRESENT | PageMapScan.SWAPPED;
      scan.scan(
          page.address(), end, 0, any, 0, any, (from, to, categories) -> pages[0] += to - from);
    }
    return "found " + pages[0] / NativeBuffer.PAGE_SIZE + " page";
  }

  private static String userfaultFeatures(long features) {
    boolean byDevice = UserfaultAccess.ofThisProcess().byDevice();
    try (UserfaultFd userfault = byDevice ? UserfaultFd.createByDevice() : UserfaultFd.create(0)) {
      String found = "features 0x" + Long.toHexString(userfault.api(features));
      return byDevice ? found + " by " + UserfaultFd.DEVICE : found;
    }
  }

  /** Yama, where it is, lets ordinary users trace their children only. */
  private static KernelFeature runningProcesses() {
    String path = "/proc/sys/kernel/yama/ptrace_scope";
    boolean restricted = ProcFs.exists(path) && !ProcFs.readText(path).strip().equals("0");
    return restricted && !Credentials.hasCapability(Credentials.CAP_SYS_PTRACE)
        ? KernelFeature.no(
            KernelFeature.Id.TRACE_RUNNING_PROCESS,
            path + " is " + ProcFs.readText(path).strip(),
            "sudo sysctl -w kernel.yama.ptrace_scope=0, or start the target by 'run'")
        : KernelFeature.yes(KernelFeature.Id.TRACE_RUNNING_PROCESS, "not restricted");
  }

  /**
   * Ask for a pid that is taken: the kernel checks the right to choose one before it sees that, and
   * starts nothing.
   */
  private static String choosePid() {
    NativeBuffer memory = Scratch.get();
    memory.clear(0, 128);
    int pid = SelfProcess.pid();
    // struct clone_args, 64-bit words: 0 flags  1 pidfd  2 child_tid  3 parent_tid  4 exit_signal
    // 5 stack
    // 6 stack_size  7 tls  8 set_tid  9 set_tid_size  10 cgroup; the array of pids behind it
    memory.putLong(0, CLONE_VM);
    memory.putLong(32, Signals.SIGCHLD);
    memory.putLong(64, memory.address() + 96);
    memory.putLong(72, 1);
    memory.putInt(96, pid);
    long result = LibC.call(X8664.CLONE3, memory.address(), 88, 0);
    if (result >= 0 || LibC.errno() != Errno.EEXIST) {
      throw LibC.failure("clone3(set_tid)");
    }
    return "allowed";
  }

  private static KernelFeature namespace(KernelFeature.Id id, int flag, String since) {
    AtomicReference<@Nullable SystemCallException> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                Namespaces.unshare(flag);
              } catch (SystemCallException e) {
                failure.set(e);
              }
            },
            "namespace-probe");
    thread.start();
    join(thread);
    return attempt(
        id,
        since,
        () -> {
          SystemCallException e = failure.get();
          if (e != null) {
            throw e;
          }
          return "created one";
        });
  }

  /** The thread makes one system call, so an interrupt does not shorten the wait, but is kept. */
  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static String memoryMapSize() {
    NativeBuffer size = Scratch.get();
    if (LibC.call(X8664.PRCTL, PR_SET_MM, PR_SET_MM_MAP_SIZE, size.address()) < 0) {
      throw LibC.failure("prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE)");
    }
    return "structure of " + size.getInt(0) + " bytes";
  }

  private static String tcpRepair() {
    long socket = LibC.call(X8664.SOCKET, AF_INET, SOCK_STREAM, 0);
    if (socket < 0) {
      throw LibC.failure("socket(AF_INET)");
    }
    NativeBuffer on = Scratch.get();
    on.putInt(0, 1);
    try (OwnedFd fd = OwnedFd.adopt((int) socket, "TCP socket")) {
      long result =
          LibC.syscall(
              X8664.SETSOCKOPT,
              fd.number(),
              IPPROTO_TCP,
              TCP_REPAIR,
              on.address(),
              Integer.BYTES,
              0);
      if (result < 0) {
        throw LibC.failure("setsockopt(TCP_REPAIR)");
      }
    }
    return "switched on";
  }

  private static KernelFeature capability(KernelFeature.Id id, int capability, String name) {
    return Credentials.hasCapability(capability)
        ? KernelFeature.yes(id, "CAP_" + name + " is in effect")
        : KernelFeature.no(id, "CAP_" + name + " is not in effect", grant(name));
  }

  private static KernelFeature attempt(KernelFeature.Id id, String since, Attempt attempt) {
    try {
      return KernelFeature.yes(id, attempt.run());
    } catch (SystemCallException e) {
      return KernelFeature.no(id, message(e), mend(id, e.errno(), since));
    }
  }

  private static String mend(KernelFeature.Id id, int errno, String since) {
    boolean denied = errno == Errno.EPERM || errno == Errno.EACCES;
    if (!denied || !UserNamespaces.areNeeded()) {
      return mend(errno, since);
    }
    return switch (id) {
      case USERFAULTFD, USERFAULTFD_EVENTS, USERFAULTFD_WRITE_TRACKING ->
          "let this user open it: sudo setfacl -m u:%d:rw %s (or by its group: chgrp and chmod 660);"
                  .formatted(Credentials.effectiveUid(), UserfaultFd.DEVICE)
              + " or for all users: sudo sysctl -w vm.unprivileged_userfaultfd=1";
      case USERFAULTFD_FORK ->
          "run the receiver as root (sudo); without, a process stands still until all of its memory"
              + " has arrived";
      default -> mend(errno, since);
    };
  }

  private static String message(SystemCallException e) {
    return String.valueOf(e.getMessage());
  }

  private static String mend(int errno, String since) {
    return switch (errno) {
      case Errno.EPERM, Errno.EACCES ->
          "run as root (sudo); in a container add --cap-add SYS_PTRACE,SYS_ADMIN,CHECKPOINT_RESTORE"
              + " --security-opt seccomp=unconfined";
      // An earlier attempt on the same child has failed: that one says what to do.
      case Errno.ESRCH -> "make \"" + KernelFeature.Id.PTRACE.title() + "\" work first";
      default -> newerKernel(since);
    };
  }

  private static String grant(String capability) {
    return "run as root (sudo); in a container add --cap-add " + capability;
  }

  private static String newerKernel(String since) {
    return "boot Linux " + since + " or newer, with the feature configured";
  }
}
