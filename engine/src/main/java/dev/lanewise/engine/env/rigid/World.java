package dev.lanewise.engine.env.rigid;

import java.nio.FloatBuffer;

/**
 * A machine of bodies that joints connect, over ground of segments, moved in steps of Box2D 2.3:
 * semi-implicit Euler, sequential impulses with warm starting, positions corrected by non-linear
 * Gauss-Seidel, impacts within a step by conservative advancement, sleep. All in single precision,
 * operation by operation in Box2D's order.
 *
 * <p>Sines are rounded from double precision, and no operation depends on the machine: the same
 * steps give the same bits everywhere.
 *
 * <p>What is left out because nothing here needs it: bodies that touch each other, more than one
 * shape a body, ground that moves, damping, bouncing, sensors, other shapes and joints. As all
 * bodies hang together they are one island and fall asleep together; a step after that moves them
 * as if something had woken them.
 */
public final class World {
  private final float gravity;
  private final float h;
  private final int velocityIterations;
  private final int positionIterations;
  private final Body[] bodies;
  private final RevoluteJoint[] joints;
  private final Segment[] ground;
  private final Contacts contacts;
  private final Impacts impacts;
  private boolean awake;

  /**
   * @param gravity upwards, in m/s²
   * @param h seconds a step
   * @param bodies in the order to solve their contacts in
   * @param joints in the order to solve them in
   * @param friction of each segment of the ground
   */
  public World(
      float gravity,
      float h,
      int velocityIterations,
      int positionIterations,
      Body[] bodies,
      RevoluteJoint[] joints,
      float[] friction) {
    this.gravity = gravity;
    this.h = h;
    this.velocityIterations = velocityIterations;
    this.positionIterations = positionIterations;
    this.bodies = bodies.clone();
    this.joints = joints.clone();
    ground = new Segment[friction.length];
    for (int i = 0; i < ground.length; i++) {
      ground[i] = new Segment(friction[i]);
    }
    contacts = new Contacts(ground, this.bodies);
    impacts = new Impacts(contacts, h, velocityIterations);
  }

  public void setGround(int segment, float x1, float y1, float x2, float y2) {
    ground[segment].set(x1, y1, x2, y2);
  }

  /** Forgets what was; to be called when ground and bodies have been placed. */
  public void begin() {
    awake = true;
    contacts.clear();
    for (var joint : joints) {
      joint.forget();
    }
    contacts.find();
  }

  /** Whether the last step did not put the bodies to sleep. */
  public boolean awake() {
    return awake;
  }

  /** Moves all bodies by one step. */
  public void step() {
    contacts.update();
    solve();
    if (awake) {
      impacts.solve();
    }
    for (var body : bodies) {
      body.clearForces();
    }
  }

  private void solve() {
    contacts.activateNone();
    for (var body : bodies) {
      body.accelerate(gravity, h);
      contacts.activateTouching(body);
    }
    contacts.prepare(true);
    for (var joint : joints) {
      joint.prepare();
    }
    for (int i = 0; i < velocityIterations; i++) {
      for (var joint : joints) {
        joint.solveVelocity(h);
      }
      contacts.solveVelocity();
    }
    contacts.keepImpulses();
    for (var body : bodies) {
      body.move(h);
    }
    boolean solved = false;
    for (int i = 0; i < positionIterations && !solved; i++) {
      solved = solvePositions();
    }
    sleepIfStill(solved);
    boolean moved = false;
    for (var body : bodies) {
      moved |= body.updateReach();
    }
    if (moved) {
      contacts.find();
    }
  }

  private boolean solvePositions() {
    boolean solved = contacts.solvePosition(Tolerances.BAUMGARTE) >= -3.0f * Tolerances.LINEAR_SLOP;
    for (var joint : joints) {
      solved &= joint.solvePosition();
    }
    return solved;
  }

  private void sleepIfStill(boolean solved) {
    float least = Float.MAX_VALUE;
    for (var body : bodies) {
      body.stillTime = body.isStill() ? body.stillTime + h : 0;
      least = Math.min(least, body.stillTime);
    }
    if (least >= Tolerances.TIME_TO_SLEEP && solved) {
      awake = false;
      for (var body : bodies) {
        body.stop();
      }
    }
  }

  /** How many numbers {@link #save} writes. */
  public int savedSize() {
    return bodies.length * Body.SAVED + joints.length * RevoluteJoint.SAVED + contacts.savedSize();
  }

  /** Everything that moves; the ground is the caller's to keep. */
  public void save(FloatBuffer to) {
    for (var body : bodies) {
      body.save(to);
    }
    for (var joint : joints) {
      joint.save(to);
    }
    contacts.save(to);
  }

  /** Goes back to what was saved, awake; the ground has to be set before. */
  public void restore(FloatBuffer from) {
    awake = true;
    for (var body : bodies) {
      body.restore(from);
    }
    for (var joint : joints) {
      joint.restore(from);
    }
    contacts.restore(from);
  }
}
