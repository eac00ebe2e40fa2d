package dev.lanewise.engine.env.mujoco;

import dev.lanewise.kernels.Backend;
import dev.lanewise.kernels.View;

/** One environment's row of a tensor, written from the first column on. */
final class Observation {
  private final Backend backend;
  private View view;
  private int environment;
  private int column;

  Observation(Backend backend) {
    this.backend = backend;
  }

  /** Begins with column 0. */
  Observation of(View columns, int i) {
    view = columns;
    environment = i;
    column = 0;
    return this;
  }

  Observation add(double value) {
    backend.set(view.at(column++, environment), value);
    return this;
  }

  /** Positions from one joint on. */
  Observation positions(Simulation s, int from) {
    for (int i = from; i < s.nq(); i++) {
      add(s.q(i));
    }
    return this;
  }

  /** All velocities, held between two bounds. */
  Observation velocities(Simulation s, double bound) {
    for (int i = 0; i < s.nv(); i++) {
      add(Math.clamp(s.v(i), -bound, bound));
    }
    return this;
  }

  Observation velocities(Simulation s) {
    return velocities(s, Double.POSITIVE_INFINITY);
  }
}
