package io.github.livemigration.linux;

import java.util.Optional;

/**
 * Descriptors on their way through a pair of sockets: they stay open there, whoever closes them,
 * for as long as somebody holds the sockets. Each has a number to know it by. One thread at a time.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class DescriptorQueue implements AutoCloseable {
  /** Socket family. */
  public static final int AF_UNIX = 1;

  /** Socket type: keeps messages apart and in order; with SOCK_CLOEXEC and SOCK_NONBLOCK. */
  public static final int TYPE = 5 | 0x80000 | 0x800;

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_NOSIGNAL = 0x4000;
  private static final int MSG_CMSG_CLOEXEC = 0x40000000;

  // One after the other: struct msghdr, struct iovec, the number, struct cmsghdr with a descriptor.
  private static final int IOV = 16;
  private static final int IOV_COUNT = 24;
  private static final int CONTROL = 32;
  private static final int CONTROL_LENGTH = 40;
  private static final int VECTOR = 56;
  private static final int NUMBER = 72;
  private static final int CMSG = 80;
  private static final int CMSG_LEVEL = CMSG + 8;
  private static final int CMSG_TYPE = CMSG + 12;
  private static final int CMSG_DESCRIPTOR = CMSG + 16;
  private static final int CMSG_BYTES = 20;
  private static final int CMSG_SPACE = 24;
  private static final int BYTES = CMSG + CMSG_SPACE;

  private final OwnedFd in;
  private final OwnedFd out;

  /**
   * Take over the two ends of a pair of {@link #TYPE}.
   *
   * @param in where descriptors go in
   * @param out where they come out
   */
  public DescriptorQueue(OwnedFd in, OwnedFd out) {
    this.in = in;
    this.out = out;
  }

  /** Make one that this process alone holds. */
  public static DescriptorQueue create() {
    NativeBuffer pair = Scratch.get();
    if (LibC.syscall(X8664.SOCKETPAIR, AF_UNIX, TYPE, 0, pair.address(), 0L, 0L) < 0) {
      throw LibC.failure("socketpair(AF_UNIX, SOCK_SEQPACKET)");
    }
    return new DescriptorQueue(
        OwnedFd.adopt(pair.getInt(0), "queue of descriptors, in"),
        OwnedFd.adopt(pair.getInt(4), "queue of descriptors, out"));
  }

  /** A descriptor that has come out. */
  public record Entry(int number, OwnedFd descriptor) {}

  /**
   * Put a descriptor in.
   *
   * @return whether there was room
   */
  public boolean offer(int number, int descriptor) {
    NativeBuffer message = message();
    message.putInt(NUMBER, number);
    message.putLong(CMSG, CMSG_BYTES);
    message.putInt(CMSG_LEVEL, SOL_SOCKET);
    message.putInt(CMSG_TYPE, SCM_RIGHTS);
    message.putInt(CMSG_DESCRIPTOR, descriptor);
    return LibC.call(X8664.SENDMSG, in.number(), message.address(), MSG_NOSIGNAL) >= 0;
  }

  /** Take the oldest descriptor out; empty where there is none. */
  public Optional<Entry> poll() {
    NativeBuffer message = message();
    long length = LibC.call(X8664.RECVMSG, out.number(), message.address(), MSG_CMSG_CLOEXEC);
    if (length < 0 && LibC.errno() == Errno.EAGAIN) {
      return Optional.empty();
    }
    if (length != Integer.BYTES || message.getLong(CONTROL_LENGTH) < CMSG_BYTES) {
      throw LibC.failure("recvmsg(" + out + ")");
    }
    OwnedFd descriptor = OwnedFd.adopt(message.getInt(CMSG_DESCRIPTOR), "userfaultfd of a child");
    return Optional.of(new Entry(message.getInt(NUMBER), descriptor));
  }

  private static NativeBuffer message() {
    NativeBuffer message = Scratch.get();
    message.clear(0, BYTES);
    message.putLong(IOV, message.address() + VECTOR);
    message.putLong(IOV_COUNT, 1);
    message.putLong(CONTROL, message.address() + CMSG);
    message.putLong(CONTROL_LENGTH, CMSG_SPACE);
    message.putLong(VECTOR, message.address() + NUMBER);
    message.putLong(VECTOR + 8, Integer.BYTES);
    return message;
  }

  /** What is still in it stays open for as long as others hold the sockets. */
  @Override
  public void close() {
    in.close();
    out.close();
  }
}
