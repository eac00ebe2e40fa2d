package dev.lanewise.kernels;

/**
 * The closed list of kernels: everything that Lanewise computes is a sequence of these.
 *
 * <p>A method checks its arguments, binds them and returns a {@link Call} that runs the kernel any
 * number of times. Unless a kernel says otherwise: outputs have lane stride 1 and the output's rows
 * and lanes are the size of the work, to which every input {@linkplain View#broadcast stretches};
 * an output may be the very same view as an input of full size, but may not overlap one in any
 * other way; an empty output makes the call do nothing; only the elements of the output are
 * written.
 */
public interface Kernels {

  /** {@code C = epilogue(initial + A · B)}; k = 0 gives epilogue(initial). */
  Call gemm(Gemm gemm);

  /** y = f(x), element by element. */
  Call map(Unary f, View x, View y);

  /** y = f(a, b), element by element. */
  Call zip(Binary f, View a, View b, View y);

  /** y = a where condition ≠ 0, otherwise b; a NaN condition counts as ≠ 0. */
  Call select(View condition, View a, View b, View y);

  /** y = x; x may have any strides (a lane stride other than 0 and 1 transposes). */
  Call copy(View x, View y);

  /** y = value. */
  Call fill(double value, View y);

  /** y(0, i) = reduction over r of x(r, i): y has one row and x's lanes. */
  Call reduceRows(Reduction reduction, View x, View y);

  /**
   * y(r, 0) = reduction over i of x(r, i): y has x's rows and one lane. Sums keep sixteen partial
   * sums, lane i going to number i mod 16, that are then added as a tree (8 apart, 4, 2, 1).
   */
  Call reduceLanes(Reduction reduction, View x, View y);

  /**
   * y(0, i) = x(index(0, i), i). Indices are whole numbers in [0, x.rows); others are an {@link
   * IndexOutOfBoundsException} when the call runs.
   */
  Call pick(View x, View index, View y);

  /** y(r, i) = 1 where r = index(0, i), otherwise 0. */
  Call oneHot(View index, View y);

  /**
   * y(r, i) = x(index(0, i), r): takes whole rows of x, a record each, and lays them side by side
   * as lanes. Indices as for {@link #pick}.
   */
  Call gather(View x, View index, View y);

  /**
   * y(index(0, i), r) = x(r, i): writes lanes as whole rows of y, a record each; the other rows
   * stay as they are. Of equal indices the last counts. Indices as for {@link #pick}; with a wrong
   * one the records before it are written.
   */
  Call scatter(View x, View index, View y);

  /**
   * The linear recurrence from the last row to the first: y(r, i) = a(r, i) + b(r, i) · y(r + 1,
   * i), with 0 beyond the last row. Returns, advantages (GAE) and V-trace are of this form. Runs
   * along rows, so work is shared by lanes.
   */
  Call scan(View a, View b, View y);

  /** y uniform in (0, 1): {@link Philox#unit} of each word. */
  Call uniform(Draw draw, View y);

  /**
   * y standard normal by Box and Muller (1958): words 0 and 1 of a block give √(-2 ln u₀) cos 2πu₁
   * and √(-2 ln u₀) sin 2πu₁, words 2 and 3 likewise.
   */
  Call normal(Draw draw, View y);

  /**
   * y uniform among the whole numbers 0, 1, ..., bound - 1: ⌊word · bound / 2³²⌋. The bound, one
   * element, is read at every run, from 1 to 2²⁴.
   */
  Call integers(Draw draw, View bound, View y);

  Call adam(Adam update);

  Call rmsProp(RmsProp update);

  Call sgd(Sgd update);

  /** target = target + tau (source - target), as Polyak averaging of parameters. */
  Call lerp(View source, View target, double tau);

  /**
   * Does nothing if all elements are finite; otherwise running it throws {@link NotFiniteException}
   * with this name.
   */
  Call checkFinite(View x, String name);

  /** One step of Gymnasium's Pendulum-v1, one lane a pendulum. */
  Call pendulum(Pendulum pendulum);

  /**
   * Adam (Kingma and Ba 2015, algorithm 1), and with a weight decay AdamW (Loshchilov and Hutter
   * 2019, algorithm 2), over one row of parameters. With t the step count, 1 at the first update:
   *
   * <pre>
   * θ ← θ (1 - α λ)
   * m ← β₁ m + (1 - β₁) g,  v ← β₂ v + (1 - β₂) g²
   * θ ← θ - α / (1 - β₁ᵗ) · m / (√(v / (1 - β₂ᵗ)) + ε)
   * </pre>
   *
   * @param stepCount one element: t, read at every run
   * @param learningRate one element: α, read at every run
   */
  record Adam(
      View parameter,
      View gradient,
      View firstMoment,
      View secondMoment,
      View stepCount,
      View learningRate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay) {
    public Adam lanes(int from, int to) {
      return new Adam(
          parameter.lanes(from, to),
          gradient.lanes(from, to),
          firstMoment.lanes(from, to),
          secondMoment.lanes(from, to),
          stepCount,
          learningRate,
          beta1,
          beta2,
          epsilon,
          weightDecay);
    }
  }

  /** RMSProp (Tieleman and Hinton 2012): v ← ρ v + (1 - ρ) g², θ ← θ - α g / (√v + ε). */
  record RmsProp(
      View parameter,
      View gradient,
      View secondMoment,
      View learningRate,
      double decay,
      double epsilon) {
    public RmsProp lanes(int from, int to) {
      return new RmsProp(
          parameter.lanes(from, to),
          gradient.lanes(from, to),
          secondMoment.lanes(from, to),
          learningRate,
          decay,
          epsilon);
    }
  }

  /** Gradient descent with momentum: v ← μ v + g, θ ← θ - α v. */
  record Sgd(View parameter, View gradient, View velocity, View learningRate, double momentum) {
    public Sgd lanes(int from, int to) {
      return new Sgd(
          parameter.lanes(from, to),
          gradient.lanes(from, to),
          velocity.lanes(from, to),
          learningRate,
          momentum);
    }
  }

  /**
   * Gymnasium 1.3, classic_control/pendulum.py, with g = 10, m = l = 1, dt = 0.05:
   *
   * <pre>
   * u = clip(action, -2, 2),  reward = -(wrap(θ)² + 0.1 θ̇² + 0.001 u²),  wrap to [-π, π)
   * θ̇ ← clip(θ̇ + (3g/2l sin θ + 3/(m l²) u) dt, -8, 8),  θ ← θ + θ̇ dt
   * observation = (cos θ, sin θ, θ̇)
   * </pre>
   *
   * @param state 2 rows, θ and θ̇, updated in place
   * @param action 1 row
   * @param observation 3 rows, of the new state
   * @param reward 1 row
   */
  record Pendulum(View state, View action, View observation, View reward) {
    public Pendulum lanes(int from, int to) {
      return new Pendulum(
          state.lanes(from, to),
          action.lanes(from, to),
          observation.lanes(from, to),
          reward.lanes(from, to));
    }
  }
}
