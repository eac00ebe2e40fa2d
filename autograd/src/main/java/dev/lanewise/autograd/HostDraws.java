package dev.lanewise.autograd;

import dev.lanewise.kernels.Philox;

/** Random numbers one by one on the host, to initialise with: word after word of a stream. */
public final class HostDraws {
  private final Philox stream;
  private int word;

  /** Draws from the stream's next block on; the stream moves along. */
  public HostDraws(Philox stream) {
    this.stream = stream;
  }

  /** Uniform in (0, 1). */
  public double uniform() {
    if (word == 4) {
      word = 0;
    }
    if (word == 0) {
      stream.advance(1);
    }
    long block = stream.counter() - 1;
    return Philox.unit(Philox.word(stream.seed(), stream.stream(), block, word++));
  }

  /** Standard normal by Box and Muller (1958): √(-2 ln u₀) cos 2πu₁. */
  public double normal() {
    double radius = Math.sqrt(-2 * Math.log(uniform()));
    return radius * Math.cos(2 * Math.PI * uniform());
  }
}
