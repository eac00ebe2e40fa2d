package dev.lanewise.autograd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Compares gradients, and gradients of gradients, with (f(x + h) - f(x - h)) / 2h in double on the
 * reference backend.
 */
final class CentralDifference {
  private static final double H = 1e-5;
  private static final double TOLERANCE = 1e-6;

  private CentralDifference() {}

  /** Some numbers in rows, a tensor to differentiate by. */
  record Input(int rows, int columns, double... values) {}

  /** An expression of some inputs, y = f(x₁, x₂, ...). */
  interface Expression extends Function<List<Tensor>, Tensor> {}

  /**
   * Checks both derivatives.
   *
   * @param beforeRun makes each run of the expression the same, if it draws random numbers
   * @return what the expression was recorded as, to see which operations it contains
   */
  static Tensor check(Expression f, Runnable beforeRun, Input... inputs) {
    try (var device = Device.reference()) {
      var x = new ArrayList<Tensor>();
      for (var input : inputs) {
        x.add(stored(device, input));
      }
      var y = f.apply(x);
      var loss = y.times(weights(device, y)).sum();
      var gradients = Gradients.of(loss, x);
      compare("first", device, beforeRun, loss, x, gradients);

      var slope = Tensor.constant(0);
      for (var gradient : gradients) {
        slope = slope.plus(gradient.times(weights(device, gradient)).sum());
      }
      compare("second", device, beforeRun, slope, x, Gradients.of(slope, x));
      return y;
    }
  }

  private static void compare(
      String which,
      Device device,
      Runnable beforeRun,
      Tensor loss,
      List<Tensor> x,
      List<Tensor> gradients) {
    var value = device.dense("value", 1, 1);
    var found = new ArrayList<Tensor>();
    try (var plan =
        device.record(
            step -> {
              step.assign(value, loss);
              for (var gradient : gradients) {
                var place = device.dense("gradient", gradient.rows(), gradient.columns());
                step.assign(place, gradient);
                found.add(place);
              }
            })) {
      Runnable run =
          () -> {
            beforeRun.run();
            plan.run();
          };
      run.run();
      var expected = new ArrayList<double[][]>();
      found.forEach(g -> expected.add(numbers(g)));
      for (int n = 0; n < x.size(); n++) {
        for (int i = 0; i < x.get(n).rows(); i++) {
          for (int j = 0; j < x.get(n).columns(); j++) {
            double difference = difference(x.get(n), i, j, value, run);
            double gradient = expected.get(n)[i][j];
            assertThat(Math.abs(gradient - difference) / (1 + Math.abs(difference)))
                .as(
                    "the %s derivative by input %d (%d, %d) is %s instead of %s",
                    which, n, i, j, gradient, difference)
                .isLessThan(TOLERANCE);
          }
        }
      }
    }
  }

  private static double difference(Tensor x, int i, int j, Tensor value, Runnable run) {
    double at = x.get(i, j);
    x.set(i, j, at + H);
    run.run();
    double above = value.get();
    x.set(i, j, at - H);
    run.run();
    double below = value.get();
    x.set(i, j, at);
    return (above - below) / (2 * H);
  }

  static Tensor stored(Device device, Input input) {
    var tensor = device.dense("input", input.rows(), input.columns());
    for (int i = 0; i < input.rows(); i++) {
      for (int j = 0; j < input.columns(); j++) {
        tensor.set(i, j, input.values()[i * input.columns() + j]);
      }
    }
    return tensor;
  }

  /** Different weights for all elements, so that no error cancels in the sum. */
  private static Tensor weights(Device device, Tensor y) {
    var weights = device.dense("weights", y.rows(), y.columns());
    for (int i = 0; i < y.rows(); i++) {
      for (int j = 0; j < y.columns(); j++) {
        weights.set(i, j, Math.sin(1 + 3 * i + 7 * j) + 0.2);
      }
    }
    return weights;
  }

  private static double[][] numbers(Tensor x) {
    var numbers = new double[x.rows()][x.columns()];
    for (int i = 0; i < x.rows(); i++) {
      for (int j = 0; j < x.columns(); j++) {
        numbers[i][j] = x.get(i, j);
      }
    }
    return numbers;
  }
}
