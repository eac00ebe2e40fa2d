package dev.lanewise.kernels;

import java.util.List;

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

  /**
   * Does nothing if all elements are whole numbers from {@code first} to {@code last}; otherwise
   * running it throws an {@link IllegalArgumentException} with this name.
   */
  Call checkWhole(View x, int first, int last, String name);

  /** One step of Gymnasium's Pendulum-v1, one lane a pendulum. */
  Call pendulum(Pendulum pendulum);

  /**
   * One step of Gymnasium 1.3's classic_control/cartpole.py (Barto, Sutton and Anderson 1983) by
   * Euler's method: nothing hidden, 4 rows of observation x, ẋ, θ, θ̇; action 0 or 1.
   *
   * <pre>
   * F = -10 or 10,  t = (F + 0.05 θ̇² sin θ) / 1.1
   * θ̈ = (9.8 sin θ - t cos θ) / (½ (4/3 - 0.1 cos² θ / 1.1)),  ẍ = t - 0.05 θ̈ cos θ / 1.1
   * x ← x + 0.02 ẋ,  ẋ ← ẋ + 0.02 ẍ,  θ ← θ + 0.02 θ̇,  θ̇ ← θ̇ + 0.02 θ̈
   * terminated where |x| > 2.4 or |θ| > 12°;  reward = 1
   * </pre>
   */
  Call cartPole(Motion motion);

  /**
   * One step of Gymnasium 1.3's classic_control/mountain_car.py (Moore 1990): nothing hidden, 2
   * rows of observation x, v; action 0, 1 or 2.
   *
   * <pre>
   * v ← clip(v + 0.001 (action - 1) - 0.0025 cos 3x, -0.07, 0.07),  x ← clip(x + v, -1.2, 0.6)
   * v ← 0 where x = -1.2 and v < 0;  terminated where x ≥ 0.5 and v ≥ 0;  reward = -1
   * </pre>
   */
  Call mountainCar(Motion motion);

  /**
   * One step of Gymnasium 1.3's classic_control/continuous_mountain_car.py: as {@link #mountainCar}
   * with the force 0.0015 clip(action, -1, 1), terminated where x ≥ 0.45 and v ≥ 0, and reward =
   * 100 there, 0 elsewhere, less 0.1 action² of the action before clipping. Gymnasium keeps this
   * environment's state in floats: x and v are rounded to floats by every backend, before they are
   * compared with the goal.
   */
  Call mountainCarContinuous(Motion motion);

  /**
   * One step of Gymnasium 1.3's classic_control/acrobot.py, "book" dynamics (Sutton and Barto 1998,
   * section 11.3; Sutton 1996), no noise: 2 hidden rows θ₁, θ₂, 6 rows of observation cos θ₁, sin
   * θ₁, cos θ₂, sin θ₂, θ̇₁, θ̇₂, action 0, 1 or 2 for the torque τ = action - 1, one step of 0.2 s
   * of the classical Runge-Kutta method over
   *
   * <pre>
   * d₁ = 3.5 + cos θ₂,  d₂ = 1.25 + ½ cos θ₂,  φ₂ = 4.9 sin(θ₁ + θ₂)
   * φ₁ = 14.7 sin θ₁ + φ₂ - ½ sin θ₂ θ̇₂ (θ̇₂ + 2 θ̇₁)
   * θ̈₂ = (τ + d₂/d₁ φ₁ - ½ sin θ₂ θ̇₁² - φ₂) / (1.25 - d₂²/d₁),  θ̈₁ = -(d₂ θ̈₂ + φ₁) / d₁
   * </pre>
   *
   * Then angles are wrapped to [-π, π] and speeds clipped to ±4π and ±9π. Terminated where -cos θ₁
   * - cos(θ₁ + θ₂) > 1; reward 0 there, -1 elsewhere.
   */
  Call acrobot(Motion motion);

  /** What comes after a step of environments: see {@link EpisodeEnds}. */
  Call endEpisodes(EpisodeEnds ends);

  /** New episodes in some lanes: see {@link EpisodeStarts}. */
  Call beginEpisodes(EpisodeStarts starts);

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
   * @param hidden 1 row, θ, updated in place
   * @param action 1 row
   * @param observation 3 rows, updated in place; of the old state it has what follows from θ
   *     already
   * @param finalObservation 3 rows, the same as the observation becomes
   * @param reward 1 row
   */
  record Pendulum(View hidden, View action, View observation, View finalObservation, View reward) {
    public Pendulum lanes(int from, int to) {
      return new Pendulum(
          hidden.lanes(from, to),
          action.lanes(from, to),
          observation.lanes(from, to),
          finalObservation.lanes(from, to),
          reward.lanes(from, to));
    }
  }

  /**
   * What a step of an environment that can terminate reads and writes, one lane an environment. All
   * lie apart. The state is what is observed, and besides what is hidden: what follows from hidden
   * numbers is not computed again where it is observed.
   *
   * @param hidden updated in place; may have no rows
   * @param action 1 row
   * @param observation updated in place
   * @param finalObservation the same as the observation becomes, which stays when an episode begins
   * @param reward 1 row
   * @param terminated 1 row: 1 where the new state ends the episode, otherwise 0
   */
  record Motion(
      View hidden,
      View action,
      View observation,
      View finalObservation,
      View reward,
      View terminated) {
    public Motion lanes(int from, int to) {
      return new Motion(
          hidden.lanes(from, to),
          action.lanes(from, to),
          observation.lanes(from, to),
          finalObservation.lanes(from, to),
          reward.lanes(from, to),
          terminated.lanes(from, to));
    }
  }

  /**
   * The bookkeeping of episodes after a step, in every lane:
   *
   * <pre>
   * R ← R + reward,  t ← t + 1
   * truncated ← 1 where t ≥ limit, otherwise what it is, or 0 if the environment never sets it
   * where terminated or truncated: ended return = R, ended length = t, R ← 0, t ← 0
   * </pre>
   *
   * All but the inputs are written and lie apart; all have 1 row.
   *
   * @param reward input
   * @param terminated input, 0 or 1
   * @param truncated where the environment cut itself off 1, otherwise 0
   * @param cutsItself whether truncated is read at all
   * @param running R, of the present episode
   * @param length t, exact up to 2²⁴
   * @param endedReturn written where an episode ended, as {@code endedLength}
   * @param ended the lanes in which an episode ended, in order, in the first {@code count} places
   * @param count one element
   * @param limit positive; infinite for none
   */
  record EpisodeEnds(
      View reward,
      View terminated,
      View truncated,
      boolean cutsItself,
      View running,
      View length,
      View endedReturn,
      View endedLength,
      View ended,
      View count,
      double limit) {}

  /**
   * Draws first states: number j of lane i is uniform in an interval, by {@link Philox#unit} of
   * word j of the block {@code random.counter()} of stream {@code random.stream() + firstLane + i},
   * computed as fma(unit, high - low, low) in floats on every backend.
   *
   * @param random whose counter is read at every run
   * @param firstLane of the whole batch that the views begin with
   * @param lanes 1 row: the lanes to begin in, whole numbers, in its first {@code count} places
   * @param count one element
   * @param intervals 1 to 4, one for each number
   * @param hidden the first so many of the numbers, in as many rows; may have none
   * @param observation as many rows as features
   * @param features 1 to 16, what is observed of the numbers
   */
  record EpisodeStarts(
      Philox random,
      int firstLane,
      View lanes,
      View count,
      List<Interval> intervals,
      View hidden,
      View observation,
      List<Feature> features) {}

  /** All numbers between two, or the one where they are equal. */
  record Interval(float low, float high) {}

  /** What is observed of a drawn number: itself, or its cosine or sine. */
  record Feature(Of of, int number) {
    public enum Of {
      VALUE,
      COSINE,
      SINE
    }
  }
}
