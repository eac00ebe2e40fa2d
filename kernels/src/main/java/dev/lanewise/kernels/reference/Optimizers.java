package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Kernels.Adam;
import dev.lanewise.kernels.Kernels.RmsProp;
import dev.lanewise.kernels.Kernels.Sgd;
import dev.lanewise.kernels.View;

/** Updates of parameters. */
final class Optimizers {

  private Optimizers() {}

  static void adam(Adam update) {
    double t = Doubles.get(update.stepCount(), 0, 0);
    double alpha = Doubles.get(update.learningRate(), 0, 0);
    double beta1 = update.beta1(), beta2 = update.beta2();
    for (int i = 0; i < update.parameter().lanes(); i++) {
      double g = Doubles.get(update.gradient(), 0, i);
      double theta = Doubles.get(update.parameter(), 0, i) * (1 - alpha * update.weightDecay());
      double m = beta1 * Doubles.get(update.firstMoment(), 0, i) + (1 - beta1) * g;
      double v = beta2 * Doubles.get(update.secondMoment(), 0, i) + (1 - beta2) * g * g;
      double mHat = m / (1 - Math.pow(beta1, t)), vHat = v / (1 - Math.pow(beta2, t));
      Doubles.set(update.firstMoment(), 0, i, m);
      Doubles.set(update.secondMoment(), 0, i, v);
      Doubles.set(
          update.parameter(), 0, i, theta - alpha * mHat / (Math.sqrt(vHat) + update.epsilon()));
    }
  }

  static void rmsProp(RmsProp update) {
    double alpha = Doubles.get(update.learningRate(), 0, 0), rho = update.decay();
    for (int i = 0; i < update.parameter().lanes(); i++) {
      double g = Doubles.get(update.gradient(), 0, i);
      double theta = Doubles.get(update.parameter(), 0, i);
      double v = rho * Doubles.get(update.secondMoment(), 0, i) + (1 - rho) * g * g;
      Doubles.set(update.secondMoment(), 0, i, v);
      Doubles.set(update.parameter(), 0, i, theta - alpha * g / (Math.sqrt(v) + update.epsilon()));
    }
  }

  static void sgd(Sgd update) {
    double alpha = Doubles.get(update.learningRate(), 0, 0);
    for (int i = 0; i < update.parameter().lanes(); i++) {
      double g = Doubles.get(update.gradient(), 0, i);
      double v = update.momentum() * Doubles.get(update.velocity(), 0, i) + g;
      Doubles.set(update.velocity(), 0, i, v);
      Doubles.set(update.parameter(), 0, i, Doubles.get(update.parameter(), 0, i) - alpha * v);
    }
  }

  static void lerp(View source, View target, double tau) {
    for (int r = 0; r < target.rows(); r++) {
      for (int i = 0; i < target.lanes(); i++) {
        double from = Doubles.get(target, r, i), to = Doubles.get(source, r, i);
        Doubles.set(target, r, i, from + tau * (to - from));
      }
    }
  }
}
