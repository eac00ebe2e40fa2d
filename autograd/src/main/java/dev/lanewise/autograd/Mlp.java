package dev.lanewise.autograd;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * A multilayer perceptron: linear layers with a function after each but the last. Layer i's
 * parameters are {@code name.i.weight} and {@code name.i.bias}; with layer normalisation, which
 * comes between a layer and its function, also {@code name.i.norm.weight} and {@code .bias}.
 */
public final class Mlp {

  /**
   * What an Mlp is like but for its sizes.
   *
   * @param hidden the function after each layer but the last
   * @param output the function after the last layer
   * @param layerNorm whether each layer but the last is normalised
   * @param hiddenInit first values of each layer but the last
   * @param outputInit first values of the last layer
   */
  public record Style(
      Activation hidden,
      Activation output,
      boolean layerNorm,
      Initializer hiddenInit,
      Initializer outputInit) {

    /** PyTorch's initialisation, nothing after the last layer. */
    public static Style of(Activation hidden) {
      return new Style(
          hidden, Activation.IDENTITY, false, Initializer.uniform(), Initializer.uniform());
    }

    /** Orthogonal initialisation with these gains, nothing after the last layer. */
    public static Style orthogonal(Activation hidden, double hiddenGain, double outputGain) {
      return new Style(
          hidden,
          Activation.IDENTITY,
          false,
          Initializer.orthogonal(hiddenGain),
          Initializer.orthogonal(outputGain));
    }

    /** The same with another function after the last layer. */
    public Style output(Activation other) {
      return new Style(hidden, other, layerNorm, hiddenInit, outputInit);
    }

    /** The same with layer normalisation. */
    public Style normalised() {
      return new Style(hidden, output, true, hiddenInit, outputInit);
    }
  }

  private final Style style;
  private final List<Linear> layers;
  private final List<LayerNorm> norms;

  private Mlp(Style style, List<Linear> layers, List<LayerNorm> norms) {
    this.style = style;
    this.layers = List.copyOf(layers);
    this.norms = List.copyOf(norms);
  }

  /** A new network in PyTorch's initialisation, nothing after its last layer. */
  public static Mlp of(
      Parameters parameters, String name, Activation hidden, RandomStream random, int... sizes) {
    return of(parameters, name, Style.of(hidden), random, sizes);
  }

  /**
   * A new network whose parameters are added to a block.
   *
   * @param sizes number of inputs, of each hidden layer's features, and of outputs
   */
  public static Mlp of(
      Parameters parameters, String name, Style style, RandomStream random, int... sizes) {
    if (sizes.length < 2) {
      throw new IllegalArgumentException(
          name + " needs at least two sizes: its inputs and its outputs");
    }
    var layers = new ArrayList<Linear>();
    var norms = new ArrayList<LayerNorm>();
    int last = sizes.length - 2;
    for (int i = 0; i <= last; i++) {
      var layer = name + "." + i;
      var init = i < last ? style.hiddenInit() : style.outputInit();
      layers.add(Linear.of(parameters, layer, sizes[i], sizes[i + 1], init, random));
      if (style.layerNorm() && i < last) {
        norms.add(LayerNorm.of(parameters, layer + ".norm", sizes[i + 1]));
      }
    }
    return new Mlp(style, layers, norms);
  }

  /** The network whose parameters are in a block already, as many layers as there are. */
  public static Mlp in(Parameters parameters, String name, Style style) {
    var layers = new ArrayList<Linear>();
    var norms = new ArrayList<LayerNorm>();
    do {
      layers.add(Linear.in(parameters, name + "." + layers.size()));
    } while (parameters.contains(name + "." + layers.size() + ".weight"));
    for (int i = 0; style.layerNorm() && i < layers.size() - 1; i++) {
      norms.add(LayerNorm.in(parameters, name + "." + i + ".norm"));
    }
    return new Mlp(style, layers, norms);
  }

  /** This network with the parameters of that name in another block, for instance a target's. */
  public Mlp in(Parameters parameters, String name) {
    return in(parameters, name, style);
  }

  public List<Linear> layers() {
    return layers;
  }

  /** From n × inputs to n × outputs. */
  public Tensor forward(Tensor x) {
    return outputs(features(x));
  }

  /** What the last layer sees, n × its inputs: from n × the network's inputs. */
  public Tensor features(Tensor x) {
    var y = x;
    for (int i = 0; i < layers.size() - 1; i++) {
      y = layers.get(i).forward(y);
      y = style.hidden().apply(style.layerNorm() ? norms.get(i).forward(y) : y);
    }
    return y;
  }

  /** The last layer: from {@link #features} to n × outputs. */
  public Tensor outputs(Tensor features) {
    return style.output().apply(layers.getLast().forward(features));
  }

  /** The network of the features of both, side by side. */
  public Tensor forward(Tensor obs, Tensor action) {
    return forward(Tensor.concat(Axis.FEATURES, obs, action));
  }
}
