package dev.lanewise.engine.env.mujoco;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.lanewise.engine.env.Scene;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One robot's state: an {@code mjData}. Positions of bodies, inertias, velocities and forces are
 * those of the last time that MuJoCo computed them, which within a step is before it moved on: they
 * lag behind {@link #q} and {@link #v} by up to one time step, as Gymnasium's do.
 */
final class Simulation {
  private final long model;
  private final long data;
  private final int frameSkip;

  private final MemorySegment time;
  private final MemorySegment qpos;
  private final MemorySegment qvel;
  private final MemorySegment warmStart;
  private final MemorySegment ctrl;
  private final MemorySegment xpos;
  private final MemorySegment siteXpos;
  private final MemorySegment subtreeCom;
  private final MemorySegment cinert;
  private final MemorySegment cvel;
  private final MemorySegment qfrcActuator;
  private final MemorySegment qfrcConstraint;
  private final MemorySegment cfrcExt;
  private final int nq;
  private final int nv;
  private final int nu;

  /** A new one, in its initial state. */
  Simulation(long model, Model robot, Release release) {
    this.model = model;
    data = Mj.makeData(model);
    frameSkip = robot.frameSkip();
    nq = robot.nq();
    nv = robot.nv();
    nu = robot.nu();
    time = Release.segment(data + release.time(), 8);
    qpos = array(release.qpos(), nq);
    qvel = array(release.qvel(), nv);
    warmStart = array(release.accelerationWarmStart(), nv);
    ctrl = array(release.ctrl(), nu);
    xpos = array(release.xpos(), 3 * robot.nbody());
    siteXpos = array(release.siteXpos(), 3);
    subtreeCom = array(release.subtreeCom(), 3 * robot.nbody());
    cinert = array(release.cinert(), 10 * robot.nbody());
    cvel = array(release.cvel(), 6 * robot.nbody());
    qfrcActuator = array(release.qfrcActuator(), nv);
    qfrcConstraint = array(release.qfrcConstraint(), nv);
    cfrcExt = array(release.cfrcExt(), 6 * robot.nbody());
  }

  private MemorySegment array(long offset, int count) {
    var pointer = Release.segment(data + offset, 8);
    return Release.segment(pointer.get(JAVA_LONG, 0), count * 8L);
  }

  void delete() {
    Mj.deleteData(data);
  }

  // --- what happens

  /** To where the file puts it, at rest, at time 0. */
  void reset() {
    Mj.resetData(model, data);
  }

  /** As after {@link #reset}, but there and this fast, with everything else computed from it. */
  void place(double[] positions, double[] velocities) {
    reset();
    MemorySegment.copy(positions, 0, qpos, JAVA_DOUBLE, 0, nq);
    MemorySegment.copy(velocities, 0, qvel, JAVA_DOUBLE, 0, nv);
    Mj.forward(model, data);
  }

  void control(int actuator, double value) {
    ctrl.setAtIndex(JAVA_DOUBLE, actuator, value);
  }

  /** Lets the time of one action pass. */
  void step() {
    for (int frame = 0; frame < frameSkip; frame++) {
      Mj.step(model, data);
    }
  }

  /** Computes {@link #force}, which a step leaves as it was. */
  void computeForces() {
    Mj.rnePostConstraint(model, data);
  }

  // --- what there is to see

  /** Position of a joint, in metres or radians, or a part of a free joint's. */
  double q(int i) {
    return qpos.getAtIndex(JAVA_DOUBLE, i);
  }

  /** Velocity of a degree of freedom, per second. */
  double v(int i) {
    return qvel.getAtIndex(JAVA_DOUBLE, i);
  }

  int nq() {
    return nq;
  }

  int nv() {
    return nv;
  }

  /** Σ of the squared controls, as they were asked for. */
  double effort() {
    double sum = 0;
    for (int i = 0; i < nu; i++) {
      double u = ctrl.getAtIndex(JAVA_DOUBLE, i);
      sum += u * u;
    }
    return sum;
  }

  /** Coordinate of a body's frame in the world, in metres. */
  double position(int body, int axis) {
    return xpos.getAtIndex(JAVA_DOUBLE, 3 * body + axis);
  }

  /** Where a point of a body's frame is in the world. */
  Scene.Point point(int body, double[] local) {
    try (var arena = Arena.ofConfined()) {
      var global = arena.allocate(JAVA_DOUBLE, 3);
      Mj.toGlobal(data, global, arena.allocateFrom(JAVA_DOUBLE, local), body);
      return new Scene.Point(
          global.getAtIndex(JAVA_DOUBLE, 0),
          global.getAtIndex(JAVA_DOUBLE, 1),
          global.getAtIndex(JAVA_DOUBLE, 2));
    }
  }

  /** Coordinate of the only site in the world, in metres. */
  double site(int axis) {
    return siteXpos.getAtIndex(JAVA_DOUBLE, axis);
  }

  /** Coordinate of the centre of mass of everything, in metres. */
  double centreOfMass(int axis) {
    return subtreeCom.getAtIndex(JAVA_DOUBLE, axis);
  }

  /** Inertia and mass of the bodies about the robot's centre of mass, ten numbers each. */
  double inertia(int i) {
    return cinert.getAtIndex(JAVA_DOUBLE, i);
  }

  /**
   * Velocities of the bodies about the robot's centre of mass, rotation first, six numbers each.
   */
  double velocity(int i) {
    return cvel.getAtIndex(JAVA_DOUBLE, i);
  }

  /** What the actuators do to a degree of freedom. */
  double actuation(int i) {
    return qfrcActuator.getAtIndex(JAVA_DOUBLE, i);
  }

  /** What contacts, limits and friction do to a degree of freedom. */
  double constraint(int i) {
    return qfrcConstraint.getAtIndex(JAVA_DOUBLE, i);
  }

  /** What contacts do to the bodies, torque first, six numbers each. */
  double force(int i) {
    return cfrcExt.getAtIndex(JAVA_DOUBLE, i);
  }

  // --- all that the next step depends on

  int stateSize() {
    return 1 + nq + 2 * nv;
  }

  /** Time, positions, velocities and the solver's warm start, as the bits of doubles. */
  void save(long[] into, int at) {
    into[at++] = time.get(JAVA_LONG, 0);
    at = copy(qpos, nq, into, at);
    at = copy(qvel, nv, into, at);
    copy(warmStart, nv, into, at);
  }

  void restore(long[] from, int at) {
    reset();
    time.set(JAVA_LONG, 0, from[at++]);
    MemorySegment.copy(from, at, qpos, JAVA_LONG, 0, nq);
    MemorySegment.copy(from, at + nq, qvel, JAVA_LONG, 0, nv);
    MemorySegment.copy(from, at + nq + nv, warmStart, JAVA_LONG, 0, nv);
  }

  private static int copy(MemorySegment array, int count, long[] into, int at) {
    MemorySegment.copy(array, JAVA_LONG, 0, into, at, count);
    return at + count;
  }
}
