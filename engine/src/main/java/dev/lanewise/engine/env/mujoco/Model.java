package dev.lanewise.engine.env.mujoco;

/**
 * A robot, and how long an action lasts.
 *
 * @param file the MJCF resource that describes it
 * @param nq numbers that say where it is
 * @param nv degrees of freedom
 * @param nu actuators
 * @param nbody bodies, the world among them
 * @param timestep of the simulation, in seconds, as the file says
 * @param frameSkip time steps to an action
 */
record Model(String file, int nq, int nv, int nu, int nbody, double timestep, int frameSkip) {

  /** Seconds to an action. */
  double dt() {
    return timestep * frameSkip;
  }
}
