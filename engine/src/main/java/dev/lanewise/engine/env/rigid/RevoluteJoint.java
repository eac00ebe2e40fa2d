package dev.lanewise.engine.env.rigid;

import java.nio.FloatBuffer;

/**
 * Holds a point of one body on a point of another. A motor turns the second against the first, and
 * a limit keeps the angle between them in a range.
 *
 * <p>Sequential impulses: E. Catto, "Iterative dynamics with temporal coherence" (2005), and
 * "Modeling and solving constraints" (GDC 2009). With the relative velocity of the points u and
 * that of the angles ω, the impulses λ solve K λ = -(u, ω); K is the inverse of the mass that the
 * constraint feels.
 */
public final class RevoluteJoint {
  static final int SAVED = 5;

  private enum Limit {
    INACTIVE,
    LOWER,
    UPPER
  }

  private static final Limit[] LIMITS = Limit.values();

  private final Body a;
  private final Body b;
  private final float anchorAX;
  private final float anchorAY;
  private final float anchorBX;
  private final float anchorBY;
  private final float lower;
  private final float upper;
  private final float motorSpeed;
  private final float motorTorque;

  private float impulseX;
  private float impulseY;
  private float limitImpulse;
  private float motorImpulse;
  private Limit limit = Limit.INACTIVE;

  private float rAX;
  private float rAY;
  private float rBX;
  private float rBY;
  private float kXX;
  private float kXY;
  private float kYY;
  private float kXAngle;
  private float kYAngle;
  private float kAngle;
  private float angularMass;

  /** Minors of the first row of K. */
  private float minorX;

  private float minorY;
  private float minorAngle;

  /** 1 / det K, of the points and the angle, and of the points alone. */
  private float inverse33;

  private float inverse22;

  /**
   * @param anchorAX of the first body's point, in its frame
   * @param lower least angle of b against a, in rad
   * @param upper greatest angle, at least 4 degrees more
   * @param motorSpeed that b shall have against a, in rad/s
   * @param motorTorque the most that the motor gives, in N m
   */
  public RevoluteJoint(
      Body a,
      Body b,
      float anchorAX,
      float anchorAY,
      float anchorBX,
      float anchorBY,
      float lower,
      float upper,
      float motorSpeed,
      float motorTorque) {
    if (!(upper - lower >= 2 * Tolerances.ANGULAR_SLOP)) {
      throw new IllegalArgumentException(
          "a joint between %s and %s rad is not free to turn; leave it 4 degrees"
              .formatted(lower, upper));
    }
    this.a = a;
    this.b = b;
    this.anchorAX = anchorAX;
    this.anchorAY = anchorAY;
    this.anchorBX = anchorBX;
    this.anchorBY = anchorBY;
    this.lower = lower;
    this.upper = upper;
    this.motorSpeed = motorSpeed;
    this.motorTorque = motorTorque;
  }

  /** The angle of b against a, in rad. */
  public float angle() {
    return b.angle - a.angle;
  }

  void forget() {
    impulseX = 0;
    impulseY = 0;
    limitImpulse = 0;
    motorImpulse = 0;
    limit = Limit.INACTIVE;
  }

  /** Prepares a step and applies the last step's impulses once more. */
  void prepare() {
    setArms();
    float mA = a.inverseMass, mB = b.inverseMass;
    float iA = a.inverseInertia, iB = b.inverseInertia;
    kXX = mA + mB + rAY * rAY * iA + rBY * rBY * iB;
    kXY = -rAY * rAX * iA - rBY * rBX * iB;
    kXAngle = -rAY * iA - rBY * iB;
    kYY = mA + mB + rAX * rAX * iA + rBX * rBX * iB;
    kYAngle = rAX * iA + rBX * iB;
    kAngle = iA + iB;
    angularMass = 1.0f / kAngle;
    minorX = kYY * kAngle - kYAngle * kYAngle;
    minorY = kYAngle * kXAngle - kXY * kAngle;
    minorAngle = kXY * kYAngle - kYY * kXAngle;
    inverse33 = 1.0f / (kXX * minorX + kXY * minorY + kXAngle * minorAngle);
    inverse22 = 1.0f / (kXX * kYY - kXY * kXY);

    var now = angle() <= lower ? Limit.LOWER : angle() >= upper ? Limit.UPPER : Limit.INACTIVE;
    if (now != limit || now == Limit.INACTIVE) {
      limitImpulse = 0;
    }
    limit = now;

    a.vx -= mA * impulseX;
    a.vy -= mA * impulseY;
    a.spin -= iA * (rAX * impulseY - rAY * impulseX + motorImpulse + limitImpulse);
    b.vx += mB * impulseX;
    b.vy += mB * impulseY;
    b.spin += iB * (rBX * impulseY - rBY * impulseX + motorImpulse + limitImpulse);
  }

  /** From the centres of mass to the anchors. */
  private void setArms() {
    float alongA = anchorAX - a.localCenterX, acrossA = anchorAY - a.localCenterY;
    float alongB = anchorBX - b.localCenterX, acrossB = anchorBY - b.localCenterY;
    rAX = a.cos * alongA - a.sin * acrossA;
    rAY = a.sin * alongA + a.cos * acrossA;
    rBX = b.cos * alongB - b.sin * acrossB;
    rBY = b.sin * alongB + b.cos * acrossB;
  }

  void solveVelocity(float h) {
    float iA = a.inverseInertia, iB = b.inverseInertia;
    float spinA = a.spin, spinB = b.spin;
    float most = h * motorTorque;
    float wanted = motorImpulse + angularMass * -(spinB - spinA - motorSpeed);
    float sum = Tolerances.clamp(wanted, -most, most);
    float motor = sum - motorImpulse;
    motorImpulse = sum;
    spinA -= iA * motor;
    spinB += iB * motor;

    float ux = b.vx - spinB * rBY - a.vx + spinA * rAY;
    float uy = b.vy + spinB * rBX - a.vy - spinA * rAX;
    float x, y, z;
    if (limit == Limit.INACTIVE) {
      x = -(inverse22 * (kYY * ux - kXY * uy));
      y = -(inverse22 * (kXX * uy - kXY * ux));
      z = 0;
    } else {
      // Cramer's rule for K λ = -(ux, uy, turn).
      float turn = spinB - spinA;
      x = -(inverse33 * (ux * minorX + uy * minorY + turn * minorAngle));
      y =
          -(inverse33
              * (kXX * (uy * kAngle - turn * kYAngle)
                  + kXY * (turn * kXAngle - ux * kAngle)
                  + kXAngle * (ux * kYAngle - uy * kXAngle)));
      z =
          -(inverse33
              * (kXX * (kYY * turn - kYAngle * uy)
                  + kXY * (kYAngle * ux - kXY * turn)
                  + kXAngle * (kXY * uy - kYY * ux)));
      float pushed = limitImpulse + z;
      if (limit == Limit.LOWER ? pushed < 0 : pushed > 0) {
        // The limit only pushes: take its impulse back and hold the points alone.
        float restX = -ux + limitImpulse * kXAngle;
        float restY = -uy + limitImpulse * kYAngle;
        x = inverse22 * (kYY * restX - kXY * restY);
        y = inverse22 * (kXX * restY - kXY * restX);
        z = -limitImpulse;
        pushed = 0;
      }
      limitImpulse = pushed;
    }
    impulseX += x;
    impulseY += y;
    a.vx -= a.inverseMass * x;
    a.vy -= a.inverseMass * y;
    a.spin = spinA - iA * (rAX * y - rAY * x + z);
    b.vx += b.inverseMass * x;
    b.vy += b.inverseMass * y;
    b.spin = spinB + iB * (rBX * y - rBY * x + z);
  }

  /**
   * Corrects positions by non-linear Gauss-Seidel.
   *
   * @return whether there was nothing to speak of
   */
  boolean solvePosition() {
    float angularError = 0;
    if (limit != Limit.INACTIVE) {
      float c;
      if (limit == Limit.LOWER) {
        c = angle() - lower;
        angularError = -c;
        c = Tolerances.clamp(c + Tolerances.ANGULAR_SLOP, -Tolerances.MAX_ANGULAR_CORRECTION, 0);
      } else {
        c = angle() - upper;
        angularError = c;
        c = Tolerances.clamp(c - Tolerances.ANGULAR_SLOP, 0, Tolerances.MAX_ANGULAR_CORRECTION);
      }
      float turn = -angularMass * c;
      a.angle -= a.inverseInertia * turn;
      b.angle += b.inverseInertia * turn;
    }
    a.followPosition();
    b.followPosition();
    setArms();
    float gapX = b.x + rBX - a.x - rAX;
    float gapY = b.y + rBY - a.y - rAY;
    float mA = a.inverseMass, mB = b.inverseMass;
    float iA = a.inverseInertia, iB = b.inverseInertia;
    float xx = mA + mB + iA * rAY * rAY + iB * rBY * rBY;
    float xy = -iA * rAX * rAY - iB * rBX * rBY;
    float yy = mA + mB + iA * rAX * rAX + iB * rBX * rBX;
    float inverse = 1.0f / (xx * yy - xy * xy);
    float x = -(inverse * (yy * gapX - xy * gapY));
    float y = -(inverse * (xx * gapY - xy * gapX));
    a.x -= mA * x;
    a.y -= mA * y;
    a.angle -= iA * (rAX * y - rAY * x);
    b.x += mB * x;
    b.y += mB * y;
    b.angle += iB * (rBX * y - rBY * x);
    return (float) Math.sqrt(gapX * gapX + gapY * gapY) <= Tolerances.LINEAR_SLOP
        && angularError <= Tolerances.ANGULAR_SLOP;
  }

  void save(FloatBuffer to) {
    to.put(impulseX).put(impulseY).put(limitImpulse).put(motorImpulse).put(limit.ordinal());
  }

  void restore(FloatBuffer from) {
    impulseX = from.get();
    impulseY = from.get();
    limitImpulse = from.get();
    motorImpulse = from.get();
    limit = LIMITS[(int) from.get()];
  }
}
