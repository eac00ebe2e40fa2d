package dev.lanewise.algos;

import dev.lanewise.autograd.Activation;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two action-value networks of which the smaller answer counts, against overestimation (Fujimoto et
 * al. 2018, arXiv:1802.09477, section 4.2).
 *
 * @param parameters of both, in one block: q1.0.weight, ..., q2.0.weight, ...
 */
public record TwinCritic(Parameters parameters, Mlp q1, Mlp q2) {

  /**
   * New ReLU networks from observation and action to a value.
   *
   * @param inputs observation size + action size
   * @param netArch sizes of the hidden layers
   */
  public static TwinCritic of(
      Device device, RandomStream random, int inputs, List<Integer> netArch) {
    return of(device, random, inputs, netArch, 1);
  }

  /** New ReLU networks from an observation to a value of each action. */
  public static TwinCritic of(
      Device device, RandomStream random, int inputs, List<Integer> netArch, int actions) {
    var parameters = Parameters.on(device, "critic");
    int[] sizes = sizes(inputs, netArch, actions);
    var q1 = Mlp.of(parameters, "q1", Activation.RELU, random, sizes);
    var q2 = Mlp.of(parameters, "q2", Activation.RELU, random, sizes);
    return new TwinCritic(parameters, q1, q2);
  }

  /** All sizes of a network: inputs, hidden layers, outputs. */
  static int[] sizes(int inputs, List<Integer> netArch, int outputs) {
    return IntStream.concat(
            IntStream.concat(IntStream.of(inputs), netArch.stream().mapToInt(Integer::intValue)),
            IntStream.of(outputs))
        .toArray();
  }

  /** A copy to be averaged towards this one: q1_target.0.weight, ... */
  public TwinCritic target() {
    var copy = parameters.copy("critic_target", name -> name.replaceFirst("\\.", "_target."));
    return new TwinCritic(copy, q1.in(copy, "q1_target"), q2.in(copy, "q2_target"));
  }

  /** min(Q₁, Q₂), n × 1. */
  public Tensor min(Tensor obs, Tensor action) {
    return min(Tensor.concat(Axis.FEATURES, obs, action));
  }

  /** min(Q₁, Q₂) of whatever the networks take, n × outputs. */
  public Tensor min(Tensor x) {
    return q1.forward(x).min(q2.forward(x));
  }

  /** Q₁ - y and Q₂ - y, n × 1 each. */
  public List<Tensor> errors(Tensor obs, Tensor action, Tensor y) {
    var x = Tensor.concat(Axis.FEATURES, obs, action);
    return List.of(q1.forward(x).minus(y), q2.forward(x).minus(y));
  }

  /** The same where the networks give a value of each action, and action is its number, n × 1. */
  public List<Tensor> errorsOf(Tensor obs, Tensor action, Tensor y) {
    return List.of(q1.forward(obs).pick(action).minus(y), q2.forward(obs).pick(action).minus(y));
  }
}
