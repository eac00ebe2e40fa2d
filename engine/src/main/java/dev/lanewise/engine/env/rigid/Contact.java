package dev.lanewise.engine.env.rigid;

import java.nio.FloatBuffer;

/**
 * A body near a segment of the ground, and the constraint between them where they touch: it neither
 * goes in nor, by Coulomb's friction, slides freely. Nothing bounces.
 *
 * <p>Accumulated impulses clamped to n ≥ 0 and |t| ≤ μ n; both normal impulses of two points are
 * solved for at once (E. Catto, "Fast and simple physics using sequential impulses", GDC 2006).
 */
final class Contact {
  static final int SAVED = 2 + 2 * ContactPoint.SAVED;

  /** Two points nearer to dependent than this are solved as one. */
  private static final float MAX_CONDITION = 1000.0f;

  final Segment segment;
  final Body body;
  private final float friction;
  private final Manifold manifold = new Manifold();

  /** Whether it takes part, as they are or lately were near. */
  boolean exists;

  boolean touching;

  /** Within a step: whether a time of impact is known, which, and how many were played. */
  boolean impactKnown;

  float impact;
  int impacts;
  boolean enabled;

  /** In the world, towards the body. */
  private float normalX;

  private float normalY;

  /** How many points the velocities are solved for, at most as many as the manifold has. */
  private int solved;

  private float k11;
  private float k12;
  private float k22;
  private float inverse11;
  private float inverse12;
  private float inverse22;

  Contact(Segment segment, Body body) {
    this.segment = segment;
    this.body = body;
    this.friction = (float) Math.sqrt(segment.friction * body.friction);
  }

  /** Whether they may touch soon. */
  boolean isNear() {
    return body.reach.overlaps(segment.box);
  }

  void begin() {
    exists = true;
    touching = false;
    manifold.count = 0;
    enabled = true;
    forgetImpacts();
  }

  void end() {
    exists = false;
    if (touching) {
      body.contactEnded();
    }
  }

  void forgetImpacts() {
    impactKnown = false;
    impacts = 0;
  }

  /** Looks again where they touch, and tells the body of a change. */
  void update() {
    enabled = true;
    manifold.update(segment, body);
    boolean touches = manifold.count > 0;
    if (touches && !touching) {
      body.contactBegan();
    }
    if (!touches && touching) {
      body.contactEnded();
    }
    touching = touches;
  }

  /**
   * Prepares solving the velocities.
   *
   * @param warm whether to start from the last step's impulses
   */
  void prepare(boolean warm) {
    var face = manifold.face;
    body.followPosition();
    face.follow(body);
    normalX = face.normalX();
    normalY = face.normalY();
    float m = body.inverseMass, inertia = body.inverseInertia;
    for (int i = 0; i < manifold.count; i++) {
      var p = manifold.point(i);
      float px = face.worldX(p, body), py = face.worldY(p, body);
      float distance = face.distance(px, py);
      p.armX = face.midwayX(px, distance) - body.x;
      p.armY = face.midwayY(py, distance) - body.y;
      float acrossNormal = p.armX * normalY - p.armY * normalX;
      float acrossTangent = p.armX * -normalX - p.armY * normalY;
      p.normalMass = 1.0f / (m + inertia * acrossNormal * acrossNormal);
      p.tangentMass = 1.0f / (m + inertia * acrossTangent * acrossTangent);
      p.normal = warm ? p.normalImpulse : 0;
      p.tangent = warm ? p.tangentImpulse : 0;
    }
    solved = manifold.count;
    if (solved == 2) {
      prepareBlock(m, inertia);
    }
  }

  private void prepareBlock(float m, float inertia) {
    var p = manifold.first;
    var q = manifold.second;
    float across1 = p.armX * normalY - p.armY * normalX;
    float across2 = q.armX * normalY - q.armY * normalX;
    k11 = m + inertia * across1 * across1;
    k22 = m + inertia * across2 * across2;
    k12 = m + inertia * across1 * across2;
    float determinant = k11 * k22 - k12 * k12;
    if (k11 * k11 < MAX_CONDITION * determinant) {
      float inverse = 1.0f / determinant;
      inverse11 = inverse * k22;
      inverse12 = -inverse * k12;
      inverse22 = inverse * k11;
    } else {
      solved = 1;
    }
  }

  void warmStart() {
    for (int i = 0; i < solved; i++) {
      var p = manifold.point(i);
      apply(p, p.normal * normalX + p.tangent * normalY, p.normal * normalY + p.tangent * -normalX);
    }
  }

  private void apply(ContactPoint p, float x, float y) {
    body.spin += body.inverseInertia * (p.armX * y - p.armY * x);
    body.vx += body.inverseMass * x;
    body.vy += body.inverseMass * y;
  }

  void solveVelocity() {
    for (int i = 0; i < solved; i++) {
      solveFriction(manifold.point(i));
    }
    if (solved == 1) {
      var p = manifold.first;
      float sum = Math.max(p.normal + -p.normalMass * normalVelocity(p), 0);
      float impulse = sum - p.normal;
      p.normal = sum;
      apply(p, impulse * normalX, impulse * normalY);
    } else {
      solveBlock();
    }
  }

  private void solveFriction(ContactPoint p) {
    float ux = body.vx - body.spin * p.armY;
    float uy = body.vy + body.spin * p.armX;
    float impulse = p.tangentMass * -(ux * normalY + uy * -normalX);
    float most = friction * p.normal;
    float sum = Tolerances.clamp(p.tangent + impulse, -most, most);
    impulse = sum - p.tangent;
    p.tangent = sum;
    apply(p, impulse * normalY, impulse * -normalX);
  }

  private float normalVelocity(ContactPoint p) {
    return (body.vx - body.spin * p.armY) * normalX + (body.vy + body.spin * p.armX) * normalY;
  }

  /**
   * Both normal impulses x of a linear complementarity problem: u = K x + b, u ≥ 0, x ≥ 0, u · x =
   * 0, by trying which of the four are 0 (Murty's total enumeration). Nothing changes if rounding
   * leaves no solution.
   */
  private void solveBlock() {
    var p = manifold.first;
    var q = manifold.second;
    float b1 = normalVelocity(p) - (k11 * p.normal + k12 * q.normal);
    float b2 = normalVelocity(q) - (k12 * p.normal + k22 * q.normal);
    float x1 = -(inverse11 * b1 + inverse12 * b2);
    float x2 = -(inverse12 * b1 + inverse22 * b2);
    if (x1 >= 0 && x2 >= 0) {
      applyBlock(x1, x2);
      return;
    }
    x1 = -p.normalMass * b1;
    if (x1 >= 0 && k12 * x1 + b2 >= 0) {
      applyBlock(x1, 0);
      return;
    }
    x2 = -q.normalMass * b2;
    if (x2 >= 0 && k12 * x2 + b1 >= 0) {
      applyBlock(0, x2);
      return;
    }
    if (b1 >= 0 && b2 >= 0) {
      applyBlock(0, 0);
    }
  }

  private void applyBlock(float x1, float x2) {
    var p = manifold.first;
    var q = manifold.second;
    float more1 = x1 - p.normal, more2 = x2 - q.normal;
    float px = more1 * normalX, py = more1 * normalY;
    float qx = more2 * normalX, qy = more2 * normalY;
    body.vx += body.inverseMass * (px + qx);
    body.vy += body.inverseMass * (py + qy);
    body.spin += body.inverseInertia * (p.armX * py - p.armY * px + (q.armX * qy - q.armY * qx));
    p.normal = x1;
    q.normal = x2;
  }

  /** Keeps the impulses for the next step. */
  void keepImpulses() {
    for (int i = 0; i < solved; i++) {
      var p = manifold.point(i);
      p.normalImpulse = p.normal;
      p.tangentImpulse = p.tangent;
    }
  }

  /**
   * Pushes the body out by non-linear Gauss-Seidel.
   *
   * @param baumgarte the part of the penetration to remove
   * @return the smallest separation met
   */
  float solvePosition(float baumgarte) {
    float least = 0;
    for (int i = 0; i < manifold.count; i++) {
      var p = manifold.point(i);
      body.followPosition();
      manifold.face.follow(body);
      float outX = manifold.face.normalX(), outY = manifold.face.normalY();
      float px = manifold.face.worldX(p, body), py = manifold.face.worldY(p, body);
      float separation = manifold.face.distance(px, py) - Tolerances.SKIN - Tolerances.SKIN;
      least = Math.min(least, separation);
      float c =
          Tolerances.clamp(
              baumgarte * (separation + Tolerances.LINEAR_SLOP),
              -Tolerances.MAX_LINEAR_CORRECTION,
              0);
      float armX = px - body.x, armY = py - body.y;
      float across = armX * outY - armY * outX;
      float impulse = -c / (body.inverseMass + body.inverseInertia * across * across);
      float ix = impulse * outX, iy = impulse * outY;
      body.x += body.inverseMass * ix;
      body.y += body.inverseMass * iy;
      body.angle += body.inverseInertia * (armX * iy - armY * ix);
    }
    return least;
  }

  /** Points that are not in use keep what they last were, maybe in another world: not saved. */
  void save(FloatBuffer to) {
    if (manifold.count < 1) {
      manifold.first.forget();
    }
    if (manifold.count < 2) {
      manifold.second.forget();
    }
    to.put(touching ? 1 : 0).put(manifold.count);
    manifold.first.save(to);
    manifold.second.save(to);
  }

  void restore(FloatBuffer from) {
    begin();
    touching = from.get() != 0;
    manifold.count = (int) from.get();
    manifold.first.restore(from);
    manifold.second.restore(from);
  }
}
