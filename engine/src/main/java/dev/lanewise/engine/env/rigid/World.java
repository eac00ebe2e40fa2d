package dev.lanewise.engine.env.rigid;

import java.nio.FloatBuffer;

/**
 * A machine of bodies that joints connect, over ground of segments, moved in steps of Box2D 2.3:
 * semi-implicit Euler, sequential impulses with warm starting, positions corrected by non-linear
 * Gauss-Seidel, impacts within a step by conservative advancement, sleep. All in single precision,
 * operation by operation in Box2D's order.
 *
 * <p>What is left out because nothing here needs it: bodies that touch each other, more than one
 * shape a body, ground that moves, damping, bouncing, sensors, other shapes and joints. As all
 * bodies hang together they are one island: they fall asleep together, and until something wakes
 * them do not move.
 */
public final class World {
  private static final int IMPACT_POSITION_ITERATIONS = 20;
  private static final int MAX_IMPACTS = 8;

  /** An impact so late in a step is left to the next one: 1 - 10 ulps. */
  private static final float LATE = 1.0f - 10.0f * 0x1p-23f;

  private final float gravity;
  private final float h;
  private final int velocityIterations;
  private final int positionIterations;
  private final Body[] bodies;
  private final RevoluteJoint[] joints;
  private final Segment[] ground;
  private final Contact[] all;

  /** Those that exist, newest first. */
  private final Contact[] contacts;

  private int contactCount;

  /** Those that are solved for, in order. */
  private final Contact[] active;

  private int activeCount;
  private final TimeOfImpact timeOfImpact = new TimeOfImpact();
  private boolean awake;

  /** Up to which part of this step the ground has been brought; it has to move with the bodies. */
  private float groundTime;

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
    all = new Contact[friction.length * bodies.length];
    for (int i = 0; i < ground.length; i++) {
      ground[i] = new Segment(friction[i]);
      for (int j = 0; j < bodies.length; j++) {
        all[i * bodies.length + j] = new Contact(ground[i], bodies[j]);
      }
    }
    contacts = new Contact[all.length];
    active = new Contact[all.length];
  }

  public void setGround(int segment, float x1, float y1, float x2, float y2) {
    ground[segment].set(x1, y1, x2, y2);
  }

  /** Forgets what was; to be called when ground and bodies have been placed. */
  public void begin() {
    awake = true;
    contactCount = 0;
    for (var contact : all) {
      contact.exists = false;
    }
    for (var joint : joints) {
      joint.forget();
    }
    findContacts();
  }

  /** Whether the bodies are not asleep. */
  public boolean awake() {
    return awake;
  }

  public void step() {
    updateContacts();
    solve();
    if (awake) {
      solveImpacts();
    }
    for (var body : bodies) {
      body.clearForces();
    }
  }

  private void updateContacts() {
    int kept = 0;
    for (int i = 0; i < contactCount; i++) {
      var contact = contacts[i];
      if (contact.body.reach.overlaps(contact.segment.box)) {
        contacts[kept++] = contact;
        contact.update();
      } else {
        contact.end();
      }
    }
    contactCount = kept;
  }

  private void findContacts() {
    for (var contact : all) {
      if (!contact.exists && contact.body.reach.overlaps(contact.segment.box)) {
        contact.begin();
        System.arraycopy(contacts, 0, contacts, 1, contactCount++);
        contacts[0] = contact;
      }
    }
  }

  private void solve() {
    activeCount = 0;
    for (var body : bodies) {
      body.accelerate(gravity, h);
      for (int i = 0; i < contactCount; i++) {
        if (contacts[i].body == body && contacts[i].touching) {
          active[activeCount++] = contacts[i];
        }
      }
    }
    for (int i = 0; i < activeCount; i++) {
      active[i].prepare(true);
      active[i].warmStart();
    }
    for (var joint : joints) {
      joint.prepare();
    }
    for (int i = 0; i < velocityIterations; i++) {
      for (var joint : joints) {
        joint.solveVelocity(h);
      }
      solveContactVelocities();
    }
    for (int i = 0; i < activeCount; i++) {
      active[i].keepImpulses();
    }
    for (var body : bodies) {
      body.move(h);
    }
    boolean solved = false;
    for (int i = 0; i < positionIterations && !solved; i++) {
      solved = solvePositions();
    }
    boolean moved = false;
    sleepIfStill(solved);
    for (var body : bodies) {
      moved |= body.updateReach();
    }
    if (moved) {
      findContacts();
    }
  }

  private void solveContactVelocities() {
    for (int i = 0; i < activeCount; i++) {
      active[i].solveVelocity();
    }
  }

  private boolean solvePositions() {
    boolean solved = leastSeparation(Tolerances.BAUMGARTE) >= -3.0f * Tolerances.LINEAR_SLOP;
    for (var joint : joints) {
      solved &= joint.solvePosition();
    }
    return solved;
  }

  private float leastSeparation(float baumgarte) {
    float least = 0;
    for (int i = 0; i < activeCount; i++) {
      least = Math.min(least, active[i].solvePosition(baumgarte));
    }
    return least;
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

  /** Plays the impacts within the step, each from the earliest on, for the body it stops alone. */
  private void solveImpacts() {
    groundTime = 0;
    for (int i = 0; i < contactCount; i++) {
      contacts[i].forgetImpacts();
    }
    while (true) {
      Contact first = null;
      float earliest = 1;
      for (int i = 0; i < contactCount; i++) {
        var contact = contacts[i];
        if (contact.enabled && contact.impacts <= MAX_IMPACTS) {
          float time = timeOf(contact);
          if (time < earliest) {
            earliest = time;
            first = contact;
          }
        }
      }
      if (first == null || earliest > LATE) {
        return;
      }
      impact(first, earliest);
    }
  }

  private float timeOf(Contact contact) {
    if (!contact.impactKnown) {
      var body = contact.body;
      if (body.startTime < groundTime) {
        body.startLater(groundTime);
      }
      groundTime = body.startTime;
      float part = timeOfImpact.of(contact.segment, body);
      contact.impact = part < 1 ? Math.min(groundTime + (1.0f - groundTime) * part, 1) : 1;
      contact.impactKnown = true;
    }
    return contact.impact;
  }

  private void impact(Contact contact, float time) {
    var body = contact.body;
    float x = body.x, y = body.y, angle = body.angle;
    float startX = body.startX, startY = body.startY, startAngle = body.startAngle;
    float startTime = body.startTime, groundBefore = groundTime;
    body.rewind(time);
    groundTime = time;
    contact.update();
    contact.impactKnown = false;
    contact.impacts++;
    if (!contact.touching) {
      contact.enabled = false;
      body.x = x;
      body.y = y;
      body.angle = angle;
      body.startX = startX;
      body.startY = startY;
      body.startAngle = startAngle;
      body.startTime = startTime;
      groundTime = groundBefore;
      body.followPosition();
      return;
    }
    activeCount = 0;
    active[activeCount++] = contact;
    for (int i = 0; i < contactCount; i++) {
      var other = contacts[i];
      if (other.body == body && other != contact) {
        other.update();
        if (other.touching) {
          active[activeCount++] = other;
        }
      }
    }
    solveAfterImpact(body, (1.0f - time) * h);
    for (int i = 0; i < contactCount; i++) {
      if (contacts[i].body == body) {
        contacts[i].impactKnown = false;
      }
    }
    if (body.updateReach()) {
      findContacts();
    }
  }

  private void solveAfterImpact(Body body, float rest) {
    boolean solved = false;
    for (int i = 0; i < IMPACT_POSITION_ITERATIONS && !solved; i++) {
      solved = leastSeparation(Tolerances.IMPACT_BAUMGARTE) >= -1.5f * Tolerances.LINEAR_SLOP;
    }
    body.startX = body.x;
    body.startY = body.y;
    body.startAngle = body.angle;
    for (int i = 0; i < activeCount; i++) {
      active[i].prepare(false);
    }
    for (int i = 0; i < velocityIterations; i++) {
      solveContactVelocities();
    }
    body.move(rest);
    body.followPosition();
  }

  /** How many numbers {@link #save} writes. */
  public int savedSize() {
    return bodies.length * Body.SAVED
        + joints.length * RevoluteJoint.SAVED
        + 1
        + all.length * (1 + Contact.SAVED);
  }

  /** Everything that moves; the ground is the caller's to keep. */
  public void save(FloatBuffer to) {
    for (var body : bodies) {
      body.save(to);
    }
    for (var joint : joints) {
      joint.save(to);
    }
    to.put(contactCount);
    for (int i = 0; i < contactCount; i++) {
      to.put(indexOf(contacts[i]));
      contacts[i].save(to);
    }
  }

  private int indexOf(Contact contact) {
    int i = 0;
    while (all[i] != contact) {
      i++;
    }
    return i;
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
    for (var contact : all) {
      contact.exists = false;
    }
    contactCount = (int) from.get();
    for (int i = 0; i < contactCount; i++) {
      contacts[i] = all[(int) from.get()];
      contacts[i].restore(from);
    }
  }
}
