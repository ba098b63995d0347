package io.github.livemigration.session;

import io.github.livemigration.image.MemoryContents;
import io.github.livemigration.image.ProcessPlan;
import io.github.livemigration.wire.Frame;
import io.github.livemigration.wire.FrameChannel;
import io.github.livemigration.wire.FrameType;
import io.github.livemigration.wire.RecordCodec;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Objects;
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

  private final FrameRelay relay;
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
    this.imageChange = imageChange;
    this.proposalChange = proposalChange;
    relay = new FrameRelay(receiver, this::pass, FrameRelay::asItIs);
  }

  InetSocketAddress address() throws IOException {
    return relay.address();
  }

  private void pass(Frame frame, FrameChannel from, FrameChannel to) throws IOException {
    if (frame.type() == FrameType.IMAGE) {
      passImage(frame, from.receive(FrameType.CONTENTS), to);
    } else {
      to.send(frame.type(), changed(frame));
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
    relay.close();
  }
}
