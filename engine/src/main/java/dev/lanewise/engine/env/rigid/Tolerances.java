package dev.lanewise.engine.env.rigid;

/** Box2D's constants (b2Settings.h of version 2.3), in metres, kilograms, seconds and radians. */
final class Tolerances {
  static final float PI = 3.14159265359f;

  /** Errors of a constraint up to these are left alone, so that contacts persist. */
  static final float LINEAR_SLOP = 0.005f;

  static final float ANGULAR_SLOP = 2.0f / 180.0f * PI;

  /** The skin around every polygon and every segment. */
  static final float SKIN = 2.0f * LINEAR_SLOP;

  /** The skins of both sides of a contact: closer than this, they touch. */
  static final float CONTACT_RADIUS = SKIN + SKIN;

  /** The most that one iteration corrects. */
  static final float MAX_LINEAR_CORRECTION = 0.2f;

  static final float MAX_ANGULAR_CORRECTION = 8.0f / 180.0f * PI;

  /** The most that a body moves and turns in one step. */
  static final float MAX_TRANSLATION = 2.0f;

  static final float MAX_ROTATION = 0.5f * PI;

  /** The part of a penetration that one iteration removes, in a step and after an impact. */
  static final float BAUMGARTE = 0.2f;

  static final float IMPACT_BAUMGARTE = 0.75f;

  /** How far boxes around shapes reach beyond them, and beyond by how many displacements. */
  static final float BOX_MARGIN = 0.1f;

  static final float BOX_DISPLACEMENTS = 2.0f;

  /** Bodies that were slower than these for so long fall asleep. */
  static final float TIME_TO_SLEEP = 0.5f;

  static final float LINEAR_SLEEP = 0.01f;
  static final float ANGULAR_SLEEP = 2.0f / 180.0f * PI;

  private Tolerances() {}

  static float clamp(float value, float low, float high) {
    return value > high ? high : value < low ? low : value;
  }
}
