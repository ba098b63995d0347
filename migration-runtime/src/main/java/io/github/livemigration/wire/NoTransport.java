package io.github.livemigration.wire;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;

/** A connection that is not there: its end has come before its beginning. */
final class NoTransport implements Transport {
  @Override
  public int read(ByteBuffer into) {
    return -1;
  }

  @Override
  public void write(ByteBuffer[] from, int offset, int count) throws IOException {
    throw new ClosedChannelException();
  }

  @Override
  public void readTimeout(Duration timeout) {
    // Nothing is ever waited for.
  }

  @Override
  public String peer() {
    return "nobody";
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
