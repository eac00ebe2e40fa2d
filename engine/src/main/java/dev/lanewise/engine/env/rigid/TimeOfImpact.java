package dev.lanewise.engine.env.rigid;

/**
 * When a moving body comes as near to a segment as it may, by conservative advancement: find the
 * axis that separates the two now, move on to where it no longer does, and so on (E. Catto,
 * "Continuous collision", GDC 2013). Distances here are those without skins.
 */
final class TimeOfImpact {
  /** How near: so that the skins overlap, yet the shapes inside them stay apart. */
  private static final float TARGET =
      Math.max(Tolerances.LINEAR_SLOP, Tolerances.CONTACT_RADIUS - 3.0f * Tolerances.LINEAR_SLOP);

  private static final float TOLERANCE = 0.25f * Tolerances.LINEAR_SLOP;
  private static final int MAX_ADVANCES = 20;
  private static final int MAX_VERTICES = 8;
  private static final int MAX_ROOT_STEPS = 50;

  private final Motion motion = new Motion();
  private final SeparatingAxis axis = new SeparatingAxis();

  /**
   * The part, 0 to 1, of the rest of the body's motion at which they are that near; 1 if they never
   * are, or if they overlap already.
   */
  float of(Segment segment, Body body) {
    motion.follow(body);
    float from = 0;
    for (int advance = 0; advance < MAX_ADVANCES; advance++) {
      motion.at(from);
      float distance = axis.find(segment, motion);
      if (distance <= 0) {
        return 1;
      }
      if (distance < TARGET + TOLERANCE) {
        return from;
      }
      float to = 1;
      for (int pushBack = 0; pushBack < MAX_VERTICES; pushBack++) {
        motion.at(to);
        float separationTo = axis.leastSeparation(motion);
        if (separationTo > TARGET + TOLERANCE) {
          return 1;
        }
        if (separationTo > TARGET - TOLERANCE) {
          from = to;
          break;
        }
        motion.at(from);
        float separationFrom = axis.separation(motion);
        if (separationFrom < TARGET - TOLERANCE) {
          return 1;
        }
        if (separationFrom <= TARGET + TOLERANCE) {
          return from;
        }
        to = root(from, separationFrom, to, separationTo);
      }
    }
    return 1;
  }

  /** Where the separation of the same two points is as aimed at, by bisection and secants. */
  private float root(float from, float separationFrom, float to, float separationTo) {
    float low = from, lowSeparation = separationFrom;
    float high = to, highSeparation = separationTo;
    for (int i = 0; i < MAX_ROOT_STEPS; i++) {
      float t =
          (i & 1) == 1
              ? low + (TARGET - lowSeparation) * (high - low) / (highSeparation - lowSeparation)
              : 0.5f * (low + high);
      motion.at(t);
      float separation = axis.separation(motion);
      if (Math.abs(separation - TARGET) < TOLERANCE) {
        return t;
      }
      if (separation > TARGET) {
        low = t;
        lowSeparation = separation;
      } else {
        high = t;
        highSeparation = separation;
      }
    }
    return to;
  }
}
