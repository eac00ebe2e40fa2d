package dev.lanewise.autograd;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Tensor;
import java.util.Arrays;

/**
 * Layer normalisation (Ba et al. 2016): each sample's features brought to mean 0 and variance 1,
 * then scaled and shifted, y = (x - mean x) / √(var x + ε) · w + b, with ε = 1e-5.
 *
 * @param weight w, 1 × d
 * @param bias b, 1 × d
 */
public record LayerNorm(Tensor weight, Tensor bias) {
  private static final float EPSILON = 1e-5f;

  /** A new layer, w = 1 and b = 0, as {@code name.weight} and {@code name.bias} of a block. */
  public static LayerNorm of(Parameters parameters, String name, int features) {
    var ones = new float[features];
    Arrays.fill(ones, 1);
    return new LayerNorm(
        parameters.vector(name + ".weight", ones),
        parameters.vector(name + ".bias", new float[features]));
  }

  /** The layer whose parameters are {@code name.weight} and {@code name.bias} of a block. */
  public static LayerNorm in(Parameters parameters, String name) {
    return new LayerNorm(parameters.get(name + ".weight"), parameters.get(name + ".bias"));
  }

  /** From n × d to n × d. */
  public Tensor forward(Tensor x) {
    var centred = x.minus(x.mean(Axis.FEATURES));
    var variance = centred.square().mean(Axis.FEATURES);
    var scale = variance.plus(EPSILON).sqrt().reciprocal();
    return centred.times(scale).times(weight).plus(bias);
  }
}
