package dev.lanewise.engine.env.rigid;

import java.nio.FloatBuffer;

/** A point of a contact: what is known of it from step to step, and what solving needs. */
final class ContactPoint {
  static final int SAVED = 3;

  /** See {@link Clip#feature}. */
  int feature;

  /** In the frame of the side without the reference face. */
  float localX;

  float localY;

  /** What the last step applied, to start the next from. */
  float normalImpulse;

  float tangentImpulse;

  /** From the body's centre of mass to the point. */
  float armX;

  float armY;

  /** The masses that the two directions feel. */
  float normalMass;

  float tangentMass;

  /** Applied so far in this solution. */
  float normal;

  float tangent;

  void set(float newLocalX, float newLocalY, int newFeature) {
    localX = newLocalX;
    localY = newLocalY;
    feature = newFeature;
  }

  void forget() {
    feature = 0;
    normalImpulse = 0;
    tangentImpulse = 0;
  }

  void save(FloatBuffer to) {
    to.put(feature).put(normalImpulse).put(tangentImpulse);
  }

  void restore(FloatBuffer from) {
    feature = (int) from.get();
    normalImpulse = from.get();
    tangentImpulse = from.get();
  }
}
