package dev.lanewise.algos;

import dev.lanewise.autograd.Categorical;
import dev.lanewise.autograd.DiagonalGaussian;
import dev.lanewise.autograd.Mlp;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.engine.Axis;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.Tensor;
import dev.lanewise.engine.env.Space;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;

/** What the outputs of a policy network mean: a distribution over a space's actions. */
public sealed interface PolicyHead {

  /**
   * The usual one for a space: independent normals for a box, with a standard deviation that does
   * not depend on the state; a categorical for each component of a discrete space.
   *
   * @param parameters that get the logarithm of the standard deviations, "log_std"
   * @param logStd its first value
   */
  static PolicyHead of(Space actions, Parameters parameters, float logStd) {
    return switch (actions) {
      case Space.Box box -> {
        var first = new float[box.size()];
        Arrays.fill(first, logStd);
        yield gaussian(box, parameters.vector("log_std", first), Optional.empty());
      }
      case Space.Discrete discrete ->
          categoricals(parameters, new int[] {discrete.n()}, new int[] {discrete.start()});
      case Space.MultiDiscrete multi -> categoricals(parameters, multi.nvec(), multi.start());
      case Space.MultiBinary binary -> {
        var nvec = new int[binary.n()];
        Arrays.fill(nvec, 2);
        yield categoricals(parameters, nvec, new int[nvec.length]);
      }
    };
  }

  /** Independent normals over a box, with a standard deviation that depends on the state. */
  static PolicyHead of(Space.Box actions, StateDependentNoise noise) {
    return gaussian(actions, noise.logStd(), Optional.of(noise));
  }

  private static PolicyHead gaussian(
      Space.Box box, Tensor logStd, Optional<StateDependentNoise> noise) {
    var low = logStd.device().dense("lowest action", 1, box.size());
    var high = logStd.device().dense("highest action", 1, box.size());
    low.write(box.low());
    high.write(box.high());
    return new Gaussian(logStd, noise, low, high);
  }

  private static PolicyHead categoricals(Parameters parameters, int[] nvec, int[] start) {
    var first = parameters.device().dense("first action", 1, start.length);
    for (int i = 0; i < start.length; i++) {
      first.set(0, i, start[i]);
    }
    return new Categoricals(nvec, first);
  }

  /** Number of the network's outputs. */
  int outputs();

  /** How many numbers {@link Distribution#parameters} are. */
  int distributionSize();

  /**
   * The distribution for each observation, by a network with as many outputs.
   *
   * @param mask 1 for each allowed choice, otherwise 0, if choices are masked
   */
  Distribution of(Mlp network, Tensor obs, Optional<Tensor> mask);

  /** From a sampled action to one that the environment takes. */
  Tensor toEnv(Tensor action);

  /** For each row a distribution over actions. */
  interface Distribution {

    /** n × d; the stream of this name is drawn from. */
    Tensor sample(RandomStream random, String stream);

    /** The most likely action, n × d. */
    Tensor mode();

    /** The logarithm of an action's probability or density, n × 1. */
    Tensor logProb(Tensor action);

    /** n × 1. */
    Tensor entropy();

    /** All that describes it, n × {@link #distributionSize}. */
    Tensor parameters();

    /**
     * The Kullback-Leibler divergence of this from an older distribution, KL(old ‖ this), n × 1, in
     * closed form.
     *
     * @param old the {@link #parameters} of one of the same head
     */
    Tensor divergence(Tensor old);
  }

  /**
   * Independent normals, on all of ℝᵈ; what lies beyond the bounds is brought back to them on its
   * way to the environment.
   *
   * @param logStd 1 × d; for state-dependent noise, number of features × d
   */
  record Gaussian(Tensor logStd, Optional<StateDependentNoise> noise, Tensor low, Tensor high)
      implements PolicyHead {

    @Override
    public int outputs() {
      return logStd.columns();
    }

    @Override
    public int distributionSize() {
      return 2 * outputs();
    }

    @Override
    public Distribution of(Mlp network, Tensor obs, Optional<Tensor> mask) {
      // The features are the mean's alone: the noise does not teach them, as in Stable-Baselines3.
      var features = network.features(obs);
      var mean = network.outputs(features);
      var std = noise.map(n -> n.logStd(features.stopGradient())).orElse(logStd);
      var gaussian = new DiagonalGaussian(mean, std);
      return new Distribution() {
        @Override
        public Tensor sample(RandomStream random, String stream) {
          return noise
              .map(n -> mean.plus(n.sample(features)))
              .orElseGet(
                  () ->
                      gaussian.sample(
                          Tensor.normal(random.stream(stream), mean.rows(), mean.columns())));
        }

        @Override
        public Tensor mode() {
          return gaussian.mode();
        }

        @Override
        public Tensor logProb(Tensor action) {
          return gaussian.logProb(action);
        }

        @Override
        public Tensor entropy() {
          return gaussian.entropy();
        }

        /** Means, then the logarithms of the standard deviations. */
        @Override
        public Tensor parameters() {
          var logStds = gaussian.logStd().broadcast(mean.rows(), mean.columns());
          return Tensor.concat(Axis.FEATURES, gaussian.mean(), logStds);
        }

        @Override
        public Tensor divergence(Tensor old) {
          int d = mean.columns();
          return new DiagonalGaussian(old.columns(0, d), old.columns(d, 2 * d)).kl(gaussian);
        }
      };
    }

    @Override
    public Tensor toEnv(Tensor action) {
      return action.max(low).min(high);
    }
  }

  /**
   * A categorical for each component.
   *
   * @param nvec number of choices of each
   * @param first the number of the first choice of each, 1 × d
   */
  record Categoricals(int[] nvec, Tensor first) implements PolicyHead {

    @Override
    public int outputs() {
      return IntStream.of(nvec).sum();
    }

    @Override
    public int distributionSize() {
      return outputs();
    }

    @Override
    public Distribution of(Mlp network, Tensor obs, Optional<Tensor> mask) {
      var logits = network.forward(obs);
      var outputs = mask.map(allowed -> Categorical.masked(logits, allowed)).orElse(logits);
      var components = new ArrayList<Categorical>();
      int at = 0;
      for (int n : nvec) {
        components.add(Categorical.of(outputs.columns(at, at + n)));
        at += n;
      }
      return new Distribution() {
        @Override
        public Tensor sample(RandomStream random, String stream) {
          var draws = random.stream(stream);
          return joined(
              components,
              c -> c.sample(Tensor.uniform(draws, outputs.rows(), c.logProbs().columns())));
        }

        @Override
        public Tensor mode() {
          return joined(components, Categorical::mode);
        }

        @Override
        public Tensor logProb(Tensor action) {
          var sum = components.getFirst().logProb(action.columns(0, 1));
          for (int i = 1; i < components.size(); i++) {
            sum = sum.plus(components.get(i).logProb(action.columns(i, i + 1)));
          }
          return sum;
        }

        @Override
        public Tensor entropy() {
          return components.stream().map(Categorical::entropy).reduce(Tensor::plus).orElseThrow();
        }

        /** The logarithms of all probabilities. */
        @Override
        public Tensor parameters() {
          return joined(components, Categorical::logProbs);
        }

        @Override
        public Tensor divergence(Tensor old) {
          var sum = Tensor.constant(0);
          int from = 0;
          for (var component : components) {
            int to = from + component.logProbs().columns();
            sum = sum.plus(new Categorical(old.columns(from, to)).kl(component));
            from = to;
          }
          return sum;
        }
      };
    }

    private static Tensor joined(List<Categorical> components, Function<Categorical, Tensor> f) {
      var parts = components.stream().map(f).toArray(Tensor[]::new);
      return parts.length == 1 ? parts[0] : Tensor.concat(Axis.FEATURES, parts);
    }

    @Override
    public Tensor toEnv(Tensor action) {
      return action.plus(first);
    }
  }
}
