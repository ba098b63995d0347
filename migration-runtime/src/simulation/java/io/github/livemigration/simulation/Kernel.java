package io.github.livemigration.simulation;

import io.github.livemigration.linux.Errno;
import io.github.livemigration.linux.NoSuchProcessException;
import io.github.livemigration.pages.PageMap;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** The kernels of both hosts: processes, and descriptors that can become readable. */
public final class Kernel {
  private static final Kernel THE = new Kernel();
  private static final int SIGKILL = 9;
  private static final int SIGCONT = 18;
  private static final int SIGSTOP = 19;
  private static final int ZERO_PAGES = 5;

  private final Map<Integer, Source> sources = new TreeMap<>();
  private final Map<Integer, Copy> copies = new TreeMap<>();
  private final Map<Integer, BooleanSupplier> descriptors = new HashMap<>();
  private final Bell changed = new Bell();
  private int pids = 1_000;
  private int hostPids = 1_000_000;
  private int numbers;

  private Kernel() {}

  /** Returns the only one. */
  public static Kernel the() {
    return THE;
  }

  /** Start a process on the source. */
  public Source start(PageMap pages) {
    pids++;
    Source source = new Source(pids, pages);
    sources.put(pids, source);
    return source;
  }

  /** Returns a process of the source. */
  public Source source(int pid) {
    requireProcess(pid, "source");
    return there(pid);
  }

  private Source there(int pid) {
    return Objects.requireNonNull(sources.get(pid));
  }

  /** Build a copy of a process on the destination. */
  public Copy build(Source source) {
    hostPids++;
    Copy copy = new Copy(hostPids, source, Program.current());
    copies.put(hostPids, copy);
    source.addCopy(copy);
    return copy;
  }

  /** Returns a copy by its id on the destination's host. */
  public Copy copy(int hostPid) {
    requireProcess(hostPid, "copy");
    return Objects.requireNonNull(copies.get(hostPid));
  }

  /** Forget a process and its copies, which have ended. */
  void reap(Source source) {
    sources.remove(source.pid());
    copies.values().removeIf(copy -> copy.source() == source);
  }

  /** Returns what a page of a process holds: zeros, or what no other page holds. */
  public static byte[] content(int pid, long address) {
    byte[] page = new byte[4096];
    long number = address >>> 12;
    if (number % ZERO_PAGES != 0) {
      Arrays.fill(page, (byte) (number * 31 + pid));
      for (int i = 0; i < 8; i++) {
        page[i] = (byte) (number >>> (8 * i));
        page[8 + i] = (byte) (pid >>> (8 * i));
      }
    }
    return page;
  }

  /** Returns whether a process is there. */
  public boolean isThere(int pid) {
    if (copies.containsKey(pid)) {
      return !copies.get(pid).isGone();
    }
    return sources.containsKey(pid) && !sources.get(pid).isGone();
  }

  /** The same as a kernel's ESRCH. */
  public void requireProcess(int pid, String call) {
    Scheduler.the().requireAlive();
    if (!isThere(pid)) {
      throw new NoSuchProcessException(call + "(" + pid + ")", Errno.ESRCH);
    }
  }

  /** Send a signal. */
  public void signal(int pid, int number) {
    requireProcess(pid, "kill");
    if (copies.containsKey(pid)) {
      Copy copy = copies.get(pid);
      switch (number) {
        case SIGSTOP -> copy.stop();
        case SIGCONT -> copy.goOn();
        case SIGKILL -> copy.end();
        default -> throw new IllegalArgumentException("signal " + number);
      }
    } else if (number == SIGCONT) {
      there(pid).goOn();
    } else {
      throw new IllegalArgumentException("signal " + number);
    }
  }

  /** A tracer's death lets its tracees go, and copies that never ran end with it. */
  void ended(Program program) {
    sources.values().forEach(source -> source.tracerEnded(program));
    copies.values().forEach(copy -> copy.builderEnded(program));
  }

  /** Open a descriptor. */
  public int openDescriptor(BooleanSupplier readable) {
    Scheduler.the().requireAlive();
    numbers++;
    descriptors.put(numbers, readable);
    return numbers;
  }

  /** Close it. */
  public void closeDescriptor(int number) {
    descriptors.remove(number);
  }

  /** Returns whether there is something to read. */
  public boolean isReadable(int number) {
    return descriptors.containsKey(number) && descriptors.get(number).getAsBoolean();
  }

  /** Something may have become readable. */
  public void changed() {
    changed.ring();
  }

  /** Wait for it. */
  public void awaitChange(long nanos) {
    changed.await(nanos);
  }

  /** Returns /proc/PID/status. */
  public String status(int pid) {
    char state = copies.containsKey(pid) ? copies.get(pid).state() : there(pid).state();
    int tracer = copies.containsKey(pid) ? 0 : there(pid).tracerPid();
    return """
        Name:\tsimulated
        State:\t%c
        Tgid:\t%d
        Pid:\t%d
        PPid:\t1
        TracerPid:\t%d
        Uid:\t0\t0\t0\t0
        Gid:\t0\t0\t0\t0
        Groups:\t
        NStgid:\t%d
        NSpid:\t%d
        Threads:\t1
        SigPnd:\t0
        ShdPnd:\t0
        SigBlk:\t0
        SigIgn:\t0
        SigCgt:\t0
        CapInh:\t0
        CapPrm:\t0
        CapEff:\t0
        CapBnd:\t0
        CapAmb:\t0
        NoNewPrivs:\t0
        Seccomp:\t0
        """
        .formatted(state, pid, pid, tracer, pid, pid);
  }

  /** Returns /proc/PID/stat, with the start time 7. */
  public String stat(int pid) {
    String[] fields = new String[50];
    Arrays.fill(fields, "0");
    fields[0] = "S";
    fields[22 - 3] = "7";
    return pid + " (simulated) " + String.join(" ", fields);
  }
}
