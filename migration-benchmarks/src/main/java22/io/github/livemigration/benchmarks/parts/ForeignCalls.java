package io.github.livemigration.benchmarks.parts;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The calls of {@link JnaCalls} by java.lang.foreign. A handle that captures errno takes {@link
 * #errnoState()} before the function's own arguments.
 */
final class ForeignCalls {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(PathElement.groupElement("errno")).withInvokeExactBehavior();
  private static final Linker.Option CAPTURE = Linker.Option.captureCallState("errno");
  private static final Linker.Option CRITICAL = Linker.Option.critical(false);

  /** As JNA keeps errno: one for each thread, so that callers need not hand it through. */
  private static final ThreadLocal<MemorySegment> ERRNO_STATE =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));

  private static final FunctionDescriptor GETPPID_TYPE = FunctionDescriptor.of(JAVA_INT);
  private static final FunctionDescriptor MEMCMP_TYPE =
      FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final FunctionDescriptor READV_TYPE =
      FunctionDescriptor.of(
          JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  static final MethodHandle MEMCMP = link("memcmp", MEMCMP_TYPE);
  static final MethodHandle MEMCMP_CAPTURE = link("memcmp", MEMCMP_TYPE, CAPTURE);
  static final MethodHandle MEMCMP_CRITICAL = link("memcmp", MEMCMP_TYPE, CRITICAL);
  static final MethodHandle MEMCMP_CRITICAL_CAPTURE =
      link("memcmp", MEMCMP_TYPE, CRITICAL, CAPTURE);
  static final MethodHandle GETPPID = link("getppid", GETPPID_TYPE);
  static final MethodHandle GETPPID_CAPTURE = link("getppid", GETPPID_TYPE, CAPTURE);
  static final MethodHandle GETPPID_CRITICAL = link("getppid", GETPPID_TYPE, CRITICAL);
  static final MethodHandle GETPPID_CRITICAL_CAPTURE =
      link("getppid", GETPPID_TYPE, CRITICAL, CAPTURE);
  static final MethodHandle CLOSE_CAPTURE =
      link("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), CAPTURE);
  static final MethodHandle READV_CAPTURE = link("process_vm_readv", READV_TYPE, CAPTURE);
  static final MethodHandle READV_CRITICAL_CAPTURE =
      link("process_vm_readv", READV_TYPE, CRITICAL, CAPTURE);
  static final MethodHandle SYSCALL_CAPTURE =
      link(
          "syscall",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
              JAVA_LONG),
          CAPTURE);

  private ForeignCalls() {}

  @SuppressWarnings("restricted") // The benchmarks' JVMs are started with native access.
  private static MethodHandle link(
      String function, FunctionDescriptor type, Linker.Option... options) {
    return LINKER.downcallHandle(
        LINKER.defaultLookup().find(function).orElseThrow(), type, options);
  }

  /** Where this thread's calls leave errno. */
  static MemorySegment errnoState() {
    return ERRNO_STATE.get();
  }

  /** Error number of the last capturing call of this thread. */
  static int errno() {
    return (int) ERRNO.get(errnoState(), 0L);
  }
}
