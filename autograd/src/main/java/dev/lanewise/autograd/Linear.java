package dev.lanewise.autograd;

import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;

/**
 * y = x · Wᵀ + b.
 *
 * @param weight W, out × in
 * @param bias b, 1 × out
 */
public record Linear(Tensor weight, Tensor bias) {

  /** A new layer whose parameters are {@code name.weight} and {@code name.bias} of a block. */
  public static Linear of(
      Parameters parameters,
      String name,
      int in,
      int out,
      Initializer initializer,
      RandomStream random) {
    var draws = new HostDraws(random.stream("init/" + name));
    return new Linear(
        parameters.matrix(name + ".weight", out, in, initializer.weight(out, in, draws)),
        parameters.vector(name + ".bias", initializer.bias(out, in, draws)));
  }

  /** The layer whose parameters are {@code name.weight} and {@code name.bias} of a block. */
  public static Linear in(Parameters parameters, String name) {
    return new Linear(parameters.get(name + ".weight"), parameters.get(name + ".bias"));
  }

  /** From n × in to n × out. */
  public Tensor forward(Tensor x) {
    return x.matmul(weight.transpose()).plus(bias);
  }
}
