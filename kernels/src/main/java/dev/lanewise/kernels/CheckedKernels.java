package dev.lanewise.kernels;

import static dev.lanewise.kernels.Arguments.apart;
import static dev.lanewise.kernels.Arguments.exactly;
import static dev.lanewise.kernels.Arguments.input;
import static dev.lanewise.kernels.Arguments.mayBe;
import static dev.lanewise.kernels.Arguments.output;
import static dev.lanewise.kernels.Arguments.same;
import static dev.lanewise.kernels.Arguments.scalar;
import static dev.lanewise.kernels.Arguments.stretched;

import java.util.List;

/**
 * Kernels that check their arguments before they pass them on, stretched to the size of the work.
 *
 * <p>The kernels behind it see only what {@link Kernels} allows, never an empty output, and inputs
 * of the shape that they are used in: where an axis was stretched its stride is 0.
 */
public final class CheckedKernels implements Kernels {
  /** Up to here every whole number is a float. */
  private static final long WHOLE = 1 << 24;

  private final Kernels kernels;

  public CheckedKernels(Kernels kernels) {
    this.kernels = kernels;
  }

  @Override
  public Call gemm(Gemm gemm) {
    View c = output("C", gemm.c());
    View initial = input("the initial value", gemm.initial());
    mayBe("C", c, "the initial value", initial);
    apart("C", c, "A", gemm.a());
    apart("C", c, "B", gemm.b());
    View gate = c;
    if (gemm.epilogue().isGated()) {
      gate = input("the gate", gemm.gate());
      mayBe("C", c, "the gate", gate);
    }
    return c.isEmpty()
        ? Call.NOTHING
        : kernels.gemm(
            new Gemm(gemm.a(), gemm.b(), initial, c, gemm.epilogue(), gate, gemm.form()));
  }

  @Override
  public Call map(Unary f, View x, View y) {
    View to = output("y", y);
    View from = full("x", x, to);
    return to.isEmpty() ? Call.NOTHING : kernels.map(f, from, to);
  }

  @Override
  public Call zip(Binary f, View a, View b, View y) {
    View to = output("y", y);
    View left = full("a", a, to), right = full("b", b, to);
    return to.isEmpty() ? Call.NOTHING : kernels.zip(f, left, right, to);
  }

  @Override
  public Call select(View condition, View a, View b, View y) {
    View to = output("y", y);
    View which = full("the condition", condition, to);
    View left = full("a", a, to), right = full("b", b, to);
    return to.isEmpty() ? Call.NOTHING : kernels.select(which, left, right, to);
  }

  @Override
  public Call copy(View x, View y) {
    View to = output("y", y);
    View from = stretched("x", x, to.rows(), to.lanes());
    mayBe("y", to, "x", from);
    return to.isEmpty() ? Call.NOTHING : kernels.copy(from, to);
  }

  @Override
  public Call fill(double value, View y) {
    View to = output("y", y);
    return to.isEmpty() ? Call.NOTHING : kernels.fill(value, to);
  }

  @Override
  public Call reduceRows(Reduction reduction, View x, View y) {
    View to = output("y", y, 1, y.lanes());
    View from = input("x", x, x.rows(), to.lanes());
    mayBe("y", to, "x", from);
    return to.isEmpty() ? Call.NOTHING : kernels.reduceRows(reduction, from, to);
  }

  @Override
  public Call reduceLanes(Reduction reduction, View x, View y) {
    View to = output("y", y, y.rows(), 1);
    View from = input("x", x, to.rows(), x.lanes());
    mayBe("y", to, "x", from);
    return to.isEmpty() ? Call.NOTHING : kernels.reduceLanes(reduction, from, to);
  }

  @Override
  public Call pick(View x, View index, View y) {
    View to = output("y", y, 1, y.lanes());
    View from = input("x", x, x.rows(), to.lanes());
    mayBe("y", to, "x", from);
    View which = full("the index", index, to);
    return to.isEmpty() ? Call.NOTHING : kernels.pick(from, which, to);
  }

  @Override
  public Call oneHot(View index, View y) {
    View to = output("y", y);
    View which = input("the index", index, 1, to.lanes());
    mayBe("y", to, "the index", which);
    return to.isEmpty() ? Call.NOTHING : kernels.oneHot(which, to);
  }

  @Override
  public Call gather(View x, View index, View y) {
    View to = output("y", y);
    View from = input("x", x);
    same("the lanes of x", from.lanes(), "the rows of y", to.rows());
    apart("y", to, "x", from);
    View which = input("the index", index, 1, to.lanes());
    mayBe("y", to, "the index", which);
    return to.isEmpty() ? Call.NOTHING : kernels.gather(from, which, to);
  }

  @Override
  public Call scatter(View x, View index, View y) {
    View to = output("y", y);
    View from = input("x", x);
    same("the rows of x", from.rows(), "the lanes of y", to.lanes());
    apart("y", to, "x", from);
    View which = input("the index", index, 1, from.lanes());
    apart("y", to, "the index", which);
    return from.isEmpty() ? Call.NOTHING : kernels.scatter(from, which, to);
  }

  @Override
  public Call scan(View a, View b, View y) {
    View to = output("y", y);
    View added = full("a", a, to), factor = full("b", b, to);
    return to.isEmpty() ? Call.NOTHING : kernels.scan(added, factor, to);
  }

  @Override
  public Call uniform(Draw draw, View y) {
    View to = drawn(draw, y);
    return to.isEmpty() ? Call.NOTHING : kernels.uniform(draw, to);
  }

  @Override
  public Call normal(Draw draw, View y) {
    View to = drawn(draw, y);
    return to.isEmpty() ? Call.NOTHING : kernels.normal(draw, to);
  }

  @Override
  public Call integers(Draw draw, View bound, View y) {
    View to = drawn(draw, y);
    View below = scalar("the bound", bound);
    apart("y", to, "the bound", below);
    return to.isEmpty() ? Call.NOTHING : kernels.integers(draw, below, to);
  }

  @Override
  public Call adam(Adam update) {
    View parameter = parameter(update.parameter());
    int lanes = parameter.lanes();
    View gradient = input("the gradient", update.gradient(), 1, lanes);
    View first = output("the first moment", update.firstMoment(), 1, lanes);
    View second = output("the second moment", update.secondMoment(), 1, lanes);
    View count = scalar("the step count", update.stepCount());
    View rate = scalar("the learning rate", update.learningRate());
    distinct("the parameter", parameter, gradient, first, second, count, rate);
    distinct("the first moment", first, gradient, second, count, rate);
    distinct("the second moment", second, gradient, count, rate);
    return lanes == 0
        ? Call.NOTHING
        : kernels.adam(
            new Adam(
                parameter,
                gradient,
                first,
                second,
                count,
                rate,
                update.beta1(),
                update.beta2(),
                update.epsilon(),
                update.weightDecay()));
  }

  @Override
  public Call rmsProp(RmsProp update) {
    View parameter = parameter(update.parameter());
    int lanes = parameter.lanes();
    View gradient = input("the gradient", update.gradient(), 1, lanes);
    View second = output("the second moment", update.secondMoment(), 1, lanes);
    View rate = scalar("the learning rate", update.learningRate());
    distinct("the parameter", parameter, gradient, second, rate);
    distinct("the second moment", second, gradient, rate);
    return lanes == 0
        ? Call.NOTHING
        : kernels.rmsProp(
            new RmsProp(parameter, gradient, second, rate, update.decay(), update.epsilon()));
  }

  @Override
  public Call sgd(Sgd update) {
    View parameter = parameter(update.parameter());
    int lanes = parameter.lanes();
    View gradient = input("the gradient", update.gradient(), 1, lanes);
    View velocity = output("the velocity", update.velocity(), 1, lanes);
    View rate = scalar("the learning rate", update.learningRate());
    distinct("the parameter", parameter, gradient, velocity, rate);
    distinct("the velocity", velocity, gradient, rate);
    return lanes == 0
        ? Call.NOTHING
        : kernels.sgd(new Sgd(parameter, gradient, velocity, rate, update.momentum()));
  }

  @Override
  public Call lerp(View source, View target, double tau) {
    View to = output("the target", target);
    View from = input("the source", source, to.rows(), to.lanes());
    mayBe("the target", to, "the source", from);
    return to.isEmpty() ? Call.NOTHING : kernels.lerp(from, to, tau);
  }

  @Override
  public Call checkFinite(View x, String name) {
    View from = input("x", x);
    return from.isEmpty() ? Call.NOTHING : kernels.checkFinite(from, name);
  }

  @Override
  public Call checkWhole(View x, int first, int last, String name) {
    View from = input("x", x);
    if (first > last || Math.abs((long) first) > WHOLE || Math.abs((long) last) > WHOLE) {
      throw new IllegalArgumentException(
          "%s: no floats are whole numbers from %d to %d; stay within 2^24"
              .formatted(name, first, last));
    }
    return from.isEmpty() ? Call.NOTHING : kernels.checkWhole(from, first, last, name);
  }

  @Override
  public Call pendulum(Pendulum pendulum) {
    int lanes = pendulum.reward().lanes();
    View hidden = output("what is hidden", pendulum.hidden(), 1, lanes);
    View action = input("the action", pendulum.action(), 1, lanes);
    View observation = output("the observation", pendulum.observation(), 3, lanes);
    View last = output("the final observation", pendulum.finalObservation(), 3, lanes);
    View reward = output("the reward", pendulum.reward(), 1, lanes);
    distinct("what is hidden", hidden, action, observation, last, reward);
    distinct("the observation", observation, action, last, reward);
    distinct("the final observation", last, action, reward);
    mayBe("the reward", reward, "the action", action);
    return lanes == 0
        ? Call.NOTHING
        : kernels.pendulum(new Pendulum(hidden, action, observation, last, reward));
  }

  @Override
  public Call cartPole(Motion motion) {
    var checked = checked(motion, 0, 4);
    return checked.reward().isEmpty() ? Call.NOTHING : kernels.cartPole(checked);
  }

  @Override
  public Call mountainCar(Motion motion) {
    var checked = checked(motion, 0, 2);
    return checked.reward().isEmpty() ? Call.NOTHING : kernels.mountainCar(checked);
  }

  @Override
  public Call mountainCarContinuous(Motion motion) {
    var checked = checked(motion, 0, 2);
    return checked.reward().isEmpty() ? Call.NOTHING : kernels.mountainCarContinuous(checked);
  }

  @Override
  public Call acrobot(Motion motion) {
    var checked = checked(motion, 2, 6);
    return checked.reward().isEmpty() ? Call.NOTHING : kernels.acrobot(checked);
  }

  private static Motion checked(Motion motion, int hiddenRows, int observationRows) {
    int lanes = motion.reward().lanes();
    View hidden = output("what is hidden", motion.hidden(), hiddenRows, lanes);
    View action = input("the action", motion.action(), 1, lanes);
    View observation = output("the observation", motion.observation(), observationRows, lanes);
    View last = output("the final observation", motion.finalObservation(), observationRows, lanes);
    View reward = output("the reward", motion.reward(), 1, lanes);
    View terminated = output("terminated", motion.terminated(), 1, lanes);
    distinct("what is hidden", hidden, action, observation, last, reward, terminated);
    distinct("the observation", observation, action, last, reward, terminated);
    distinct("the final observation", last, action, reward, terminated);
    distinct("the reward", reward, action, terminated);
    distinct("terminated", terminated, action);
    return new Motion(hidden, action, observation, last, reward, terminated);
  }

  @Override
  public Call endEpisodes(EpisodeEnds ends) {
    View reward = ends.reward(), terminated = ends.terminated();
    int lanes = reward.lanes();
    exactly("the reward", reward, 1, lanes);
    exactly("terminated", terminated, 1, lanes);
    var rows =
        new View[] {
          output("truncated", ends.truncated(), 1, lanes),
          output("the running return", ends.running(), 1, lanes),
          output("the length", ends.length(), 1, lanes),
          output("the ended return", ends.endedReturn(), 1, lanes),
          output("the ended length", ends.endedLength(), 1, lanes),
          output("the ended lanes", ends.ended(), 1, lanes),
          output("the count", ends.count(), 1, 1)
        };
    reward = input("the reward", reward);
    terminated = input("terminated", terminated);
    for (int i = 0; i < rows.length; i++) {
      distinct("an output", rows[i], reward, terminated);
      for (int j = 0; j < i; j++) {
        apart("an output", rows[i], "another", rows[j]);
      }
    }
    if (!(ends.limit() > 0)) {
      throw new IllegalArgumentException("a time limit is positive, not " + ends.limit());
    }
    return lanes == 0
        ? Call.NOTHING
        : kernels.endEpisodes(
            new EpisodeEnds(
                reward,
                terminated,
                rows[0],
                ends.cutsItself(),
                rows[1],
                rows[2],
                rows[3],
                rows[4],
                rows[5],
                rows[6],
                ends.limit()));
  }

  @Override
  public Call beginEpisodes(EpisodeStarts starts) {
    int numbers = starts.intervals().size(), lanes = starts.observation().lanes();
    if (numbers < 1 || numbers > 4) {
      throw new IllegalArgumentException("a first state is 1 to 4 numbers, not " + numbers);
    }
    if (starts.features().isEmpty() || starts.features().size() > 16) {
      throw new IllegalArgumentException(
          "1 to 16 features of a first state are observed, not " + starts.features().size());
    }
    if (starts.firstLane() < 0) {
      throw new IllegalArgumentException(
          "a batch begins at lane 0 or later, not " + starts.firstLane());
    }
    for (var feature : starts.features()) {
      if (feature.number() < 0 || feature.number() >= numbers) {
        throw new IllegalArgumentException(
            "%s: a first state is %d numbers".formatted(feature, numbers));
      }
    }
    if (starts.hidden().rows() > numbers) {
      throw new IllegalArgumentException(
          "%d of %d numbers are hidden".formatted(starts.hidden().rows(), numbers));
    }
    View hidden = output("what is hidden", starts.hidden(), starts.hidden().rows(), lanes);
    View observation =
        output("the observation", starts.observation(), starts.features().size(), lanes);
    exactly("the lanes", starts.lanes(), 1, lanes);
    View where = input("the lanes", starts.lanes());
    View count = scalar("the count", starts.count());
    distinct("what is hidden", hidden, observation, where, count);
    distinct("the observation", observation, where, count);
    return lanes == 0
        ? Call.NOTHING
        : kernels.beginEpisodes(
            new EpisodeStarts(
                starts.random(),
                starts.firstLane(),
                where,
                count,
                List.copyOf(starts.intervals()),
                hidden,
                observation,
                List.copyOf(starts.features())));
  }

  /** An input of an elementwise kernel: stretched to the output, on it exactly or not at all. */
  private static View full(String name, View x, View y) {
    View stretched = input(name, x, y.rows(), y.lanes());
    mayBe("y", y, name, stretched);
    return stretched;
  }

  private static View drawn(Draw draw, View y) {
    if (draw.firstRow() < 0 || draw.firstLane() < 0) {
      throw new IllegalArgumentException("a draw begins at row 0 and lane 0 or later: " + draw);
    }
    if (y.lanes() > draw.lanes() - draw.firstLane()) {
      throw new IllegalArgumentException(
          "y has lanes %d to %d of a draw of only %d"
              .formatted(draw.firstLane(), draw.firstLane() + y.lanes(), draw.lanes()));
    }
    return output("y", y);
  }

  private static View parameter(View parameter) {
    exactly("the parameter", parameter, 1, parameter.lanes());
    return output("the parameter", parameter);
  }

  private static void distinct(String name, View out, View... others) {
    for (View other : others) {
      apart(name, out, "another operand", other);
    }
  }
}
