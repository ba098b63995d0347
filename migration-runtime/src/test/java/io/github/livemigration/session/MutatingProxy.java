package io.github.livemigration.session;

import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.wire.Frame;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.RecordCodec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a sender and a receiver and changes the image of the process on its way, which has
 * everything then, as if next to nothing had been planned; all other frames pass as they are.
 */
final class MutatingProxy implements AutoCloseable {
  private static final RecordCodec<FrozenTarget> IMAGE = RecordCodec.of(FrozenTarget.class);
  private static final RecordCodec<MemoryContents> CONTENTS = RecordCodec.of(MemoryContents.class);
  private static final RecordCodec<ProcessPlan> PLAN = RecordCodec.of(ProcessPlan.class);
  private static final RecordCodec<MigrationProposal> PROPOSAL =
      RecordCodec.of(MigrationProposal.class);

  private final ServerSocketChannel server =
      ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  private final List<FrameChannel> channels = new CopyOnWriteArrayList<>();
  private final InetSocketAddress receiver;
  private final UnaryOperator<WholeTarget> imageChange;
  private final UnaryOperator<MigrationProposal> proposalChange;
  private volatile @Nullable Unplanned unplanned;

  MutatingProxy(InetSocketAddress receiver, UnaryOperator<WholeTarget> imageChange)
      throws IOException {
    this(receiver, imageChange, UnaryOperator.identity());
  }

  MutatingProxy(
      InetSocketAddress receiver,
      UnaryOperator<WholeTarget> imageChange,
      UnaryOperator<MigrationProposal> proposalChange)
      throws IOException {
    this.receiver = receiver;
    this.imageChange = imageChange;
    this.proposalChange = proposalChange;
    start(this::accept);
  }

  InetSocketAddress address() throws IOException {
    return (InetSocketAddress) server.getLocalAddress();
  }

  private interface Work {
    void run() throws IOException;
  }

  private static void start(Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // One end is gone; so is the other then.
              }
            },
            "mutating proxy");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() throws IOException {
    while (true) {
      FrameChannel sender = FrameChannel.over(server.accept());
      FrameChannel onward = FrameChannel.connect(receiver, Duration.ofSeconds(10));
      channels.addAll(List.of(sender, onward));
      start(() -> pass(sender, onward));
      start(() -> pass(onward, sender));
    }
  }

  private void pass(FrameChannel from, FrameChannel to) throws IOException {
    try (from;
        to) {
      while (true) {
        Frame frame = from.receive();
        if (frame.type() == FrameType.IMAGE) {
          passImage(frame, from.receive(FrameType.CONTENTS), to);
        } else {
          to.send(frame.type(), changed(frame));
        }
      }
    }
  }

  private void passImage(Frame image, Frame contents, FrameChannel to) throws IOException {
    FrozenTarget target = IMAGE.decode(image.payload());
    Unplanned plan = Objects.requireNonNull(unplanned, "an image without a plan");
    WholeTarget whole = imageChange.apply(plan.whole(target, CONTENTS.decode(contents.payload())));
    to.send(FrameType.IMAGE, IMAGE.encode(plan.around(whole.image(), target.nanosSinceFreeze())));
    to.send(FrameType.CONTENTS, CONTENTS.encode(whole.contents()));
  }

  private byte[] changed(Frame frame) throws IOException {
    if (frame.type() == FrameType.PLAN) {
      Unplanned whole = new Unplanned(PLAN.decode(frame.payload()));
      unplanned = whole;
      return PLAN.encode(whole.least());
    }
    if (frame.type() == FrameType.PREPARE) {
      return PROPOSAL.encode(proposalChange.apply(PROPOSAL.decode(frame.payload())));
    }
    return frame.payload();
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (FrameChannel channel : channels) {
      channel.close();
    }
  }
}
