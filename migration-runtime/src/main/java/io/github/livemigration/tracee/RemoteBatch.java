package io.github.livemigration.tracee;

import io.github.livemigration.linux.FaultPoints;
import io.github.livemigration.linux.SystemCallException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A table of system calls that a stopped thread runs in one go, with the memory they point to.
 *
 * <p>Fill it, {@link #run} it, then read results and memory. Memory and table are written in one
 * piece.
 */
public final class RemoteBatch {
  private static final int MAX_ERRNO = 4095;

  private final RemoteArea area;
  private final List<RemoteCall> calls = new ArrayList<>();
  private final List<Piece> pieces = new ArrayList<>();
  private final long start;
  private long tableAddress;
  private byte[] memory = {};

  private record Piece(long address, byte[] bytes) {}

  RemoteBatch(RemoteArea area) {
    this.area = area;
    this.start = area.reserve(0, 64);
  }

  /** A call of the table; its result is there after the run. */
  public static final class RemoteCall {
    private final CallName name;
    private final boolean mayFail;
    private final long[] numberAndArguments;
    private long result;

    private RemoteCall(CallName name, boolean mayFail, long number, long... arguments) {
      this.name = name;
      this.mayFail = mayFail;
      this.numberAndArguments = new long[7];
      numberAndArguments[0] = number;
      System.arraycopy(arguments, 0, numberAndArguments, 1, arguments.length);
    }

    /** Returns the call with the arguments that matter, for messages. */
    public String name() {
      return name.toString();
    }

    /** Returns what the kernel returned: a negative errno on failure. */
    public long result() {
      return result;
    }

    /** Returns whether the kernel refused the call. */
    public boolean failed() {
      return result < 0 && result >= -MAX_ERRNO;
    }

    /** Returns the errno of a call that failed. */
    public int errno() {
      return (int) -result;
    }
  }

  /**
   * Add a call that has to succeed.
   *
   * @param name for errors: the call with the arguments that matter
   */
  public RemoteCall call(CallName name, long number, long... arguments) {
    return add(new RemoteCall(name, false, number, arguments));
  }

  /** Like {@link #call(CallName, long, long...)}. */
  public RemoteCall call(String name, long number, long... arguments) {
    return call(CallName.plain(name), number, arguments);
  }

  /** Add a call whose failure the caller looks at itself. */
  public RemoteCall tryCall(CallName name, long number, long... arguments) {
    return add(new RemoteCall(name, true, number, arguments));
  }

  /** Like {@link #tryCall(CallName, long, long...)}. */
  public RemoteCall tryCall(String name, long number, long... arguments) {
    return tryCall(CallName.plain(name), number, arguments);
  }

  private RemoteCall add(RemoteCall call) {
    calls.add(call);
    return call;
  }

  /** Returns the address of a copy of the bytes, 16-aligned. */
  public long bytes(byte[] bytes) {
    long address = area.reserve(bytes.length, 16);
    pieces.add(new Piece(address, bytes));
    return address;
  }

  /** Returns the address of a zero-terminated copy of the string. */
  public long string(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    return bytes(Arrays.copyOf(encoded, encoded.length + 1));
  }

  /** Returns the address of the values, eight bytes each. */
  public long longs(long... values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asLongBuffer().put(values);
    return bytes(bytes.array());
  }

  /** Returns the address of room for a result. */
  public long room(int lengthBytes) {
    return area.reserve(lengthBytes, 16);
  }

  /** Returns the number of calls added. */
  public int size() {
    return calls.size();
  }

  /** Run the table in the area's own thread and check its results. */
  public void run() {
    run(area.thread());
  }

  /** Run the table in a thread that shares the area's memory and check its results. */
  public void run(TracedThread thread) {
    start(thread);
    finish(thread);
  }

  /** Set a thread off over the table; {@link #finish} waits for its end. */
  public void start(TracedThread thread) {
    if (calls.isEmpty()) {
      return;
    }
    thread.startBatch(thread.registers(), area.address(), write(), calls.size());
  }

  /**
   * Wait for the end of the table and check its results.
   *
   * @throws SystemCallException for the first call that failed and must not
   */
  public void finish(TracedThread thread) {
    if (!calls.isEmpty()) {
      await(thread);
      collect();
    }
  }

  /** Wait until a thread has come to the end of its table. */
  public static void await(TracedThread thread) {
    thread.awaitTrap();
  }

  /**
   * Read and check the results of a table that has come to its end.
   *
   * @throws SystemCallException for the first call that failed and must not
   */
  public void collect() {
    memory = area.memory().readBytes(start, (int) (tableEnd() - start));
    ByteBuffer table =
        ByteBuffer.wrap(read(tableAddress, calls.size() * BatchStub.ENTRY_BYTES))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < calls.size(); i++) {
      calls.get(i).result = table.getLong(i * BatchStub.ENTRY_BYTES + BatchStub.RESULT_OFFSET);
    }
    for (RemoteCall call : calls) {
      FaultPoints.reach(call.name);
      if (call.failed() && !call.mayFail) {
        throw new SystemCallException(
            "remote " + call.name() + " in process " + area.memory().pid(), call.errno());
      }
    }
  }

  /** Returns memory of the table as it was at the end of the run. */
  public byte[] read(long address, int lengthBytes) {
    int from = Math.toIntExact(address - start);
    return Arrays.copyOfRange(memory, from, from + lengthBytes);
  }

  private long tableEnd() {
    return tableAddress + (long) calls.size() * BatchStub.ENTRY_BYTES;
  }

  /** Write the table and what belongs to it; returns its address. */
  long write() {
    tableAddress = area.reserve(calls.size() * BatchStub.ENTRY_BYTES, 64);
    ByteBuffer image =
        ByteBuffer.allocate((int) (tableEnd() - start)).order(ByteOrder.LITTLE_ENDIAN);
    for (Piece piece : pieces) {
      image.put((int) (piece.address() - start), piece.bytes());
    }
    int entry = (int) (tableAddress - start);
    for (RemoteCall call : calls) {
      for (int i = 0; i < call.numberAndArguments.length; i++) {
        image.putLong(entry + i * 8, call.numberAndArguments[i]);
      }
      entry += BatchStub.ENTRY_BYTES;
    }
    area.memory().writeBytes(start, image.array());
    return tableAddress;
  }
}
