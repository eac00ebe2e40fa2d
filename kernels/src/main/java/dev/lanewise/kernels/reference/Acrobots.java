package dev.lanewise.kernels.reference;

import dev.lanewise.kernels.Kernels.Motion;

/** Gymnasium's Acrobot-v1, one after another. */
final class Acrobots {
  private static final double DT = 0.2, G = 9.8;
  private static final double MASS_1 = 1, MASS_2 = 1, LENGTH_1 = 1;

  /** From the joints to the centres of mass. */
  private static final double CENTRE_1 = 0.5, CENTRE_2 = 0.5;

  private static final double INERTIA_1 = 1, INERTIA_2 = 1;
  private static final double MAX_SPEED_1 = 4 * Math.PI, MAX_SPEED_2 = 9 * Math.PI;

  private Acrobots() {}

  static void step(Motion motion) {
    for (int i = 0; i < motion.reward().lanes(); i++) {
      var start =
          new State(
              Doubles.get(motion.hidden(), 0, i),
              Doubles.get(motion.hidden(), 1, i),
              Doubles.get(motion.observation(), 4, i),
              Doubles.get(motion.observation(), 5, i));
      double torque = Doubles.get(motion.action(), 0, i) - 1;

      var k1 = start.derivative(torque);
      var k2 = start.plus(DT / 2, k1).derivative(torque);
      var k3 = start.plus(DT / 2, k2).derivative(torque);
      var k4 = start.plus(DT, k3).derivative(torque);
      var next = start.plus(DT / 6, k1.plus(2, k2).plus(2, k3).plus(1, k4)).bounded();

      write(motion, i, next);
    }
  }

  private static void write(Motion motion, int i, State s) {
    Doubles.set(motion.hidden(), 0, i, s.angle1);
    Doubles.set(motion.hidden(), 1, i, s.angle2);
    double[] observation = {
      Math.cos(s.angle1),
      Math.sin(s.angle1),
      Math.cos(s.angle2),
      Math.sin(s.angle2),
      s.speed1,
      s.speed2
    };
    for (int j = 0; j < 6; j++) {
      Doubles.set(motion.observation(), j, i, observation[j]);
      Doubles.set(motion.finalObservation(), j, i, observation[j]);
    }
    boolean high = -Math.cos(s.angle1) - Math.cos(s.angle1 + s.angle2) > 1;
    Doubles.set(motion.reward(), 0, i, high ? 0 : -1);
    Doubles.set(motion.terminated(), 0, i, high ? 1 : 0);
  }

  private record State(double angle1, double angle2, double speed1, double speed2) {

    State plus(double factor, State other) {
      return new State(
          angle1 + factor * other.angle1,
          angle2 + factor * other.angle2,
          speed1 + factor * other.speed1,
          speed2 + factor * other.speed2);
    }

    State derivative(double torque) {
      double arm = MASS_2 * LENGTH_1 * CENTRE_2;
      double d1 =
          MASS_1 * CENTRE_1 * CENTRE_1
              + MASS_2 * (LENGTH_1 * LENGTH_1 + CENTRE_2 * CENTRE_2)
              + 2 * arm * Math.cos(angle2)
              + INERTIA_1
              + INERTIA_2;
      double d2 = MASS_2 * CENTRE_2 * CENTRE_2 + arm * Math.cos(angle2) + INERTIA_2;
      double phi2 = MASS_2 * CENTRE_2 * G * Math.sin(angle1 + angle2);
      double phi1 =
          -arm * speed2 * (speed2 + 2 * speed1) * Math.sin(angle2)
              + (MASS_1 * CENTRE_1 + MASS_2 * LENGTH_1) * G * Math.sin(angle1)
              + phi2;
      double acceleration2 =
          (torque + d2 / d1 * phi1 - arm * speed1 * speed1 * Math.sin(angle2) - phi2)
              / (MASS_2 * CENTRE_2 * CENTRE_2 + INERTIA_2 - d2 * d2 / d1);
      double acceleration1 = -(d2 * acceleration2 + phi1) / d1;
      return new State(speed1, speed2, acceleration1, acceleration2);
    }

    State bounded() {
      return new State(
          wrap(angle1),
          wrap(angle2),
          Math.clamp(speed1, -MAX_SPEED_1, MAX_SPEED_1),
          Math.clamp(speed2, -MAX_SPEED_2, MAX_SPEED_2));
    }

    private static double wrap(double x) {
      return Math.abs(x) > Math.PI ? Math.IEEEremainder(x, 2 * Math.PI) : x;
    }
  }
}
