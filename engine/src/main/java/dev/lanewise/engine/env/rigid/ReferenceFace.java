package dev.lanewise.engine.env.rigid;

/** The face that a contact's normal belongs to: the segment, or a face of the polygon. */
final class ReferenceFace {
  private boolean onSegment;

  /** A point of it and its normal, in the frame of the side it belongs to. */
  private float localX;

  private float localY;
  private float localNormalX;
  private float localNormalY;

  /** The same in the world, by {@link #follow}; the normal points out of the side it belongs to. */
  private float x;

  private float y;
  private float outX;
  private float outY;

  void set(boolean newOnSegment, float pointX, float pointY, float normalX, float normalY) {
    onSegment = newOnSegment;
    localX = pointX;
    localY = pointY;
    localNormalX = normalX;
    localNormalY = normalY;
  }

  void follow(Body body) {
    if (onSegment) {
      x = localX;
      y = localY;
      outX = localNormalX;
      outY = localNormalY;
    } else {
      x = body.worldX(localX, localY);
      y = body.worldY(localX, localY);
      outX = body.cos * localNormalX - body.sin * localNormalY;
      outY = body.sin * localNormalX + body.cos * localNormalY;
    }
  }

  /** The normal in the world, towards the body. */
  float normalX() {
    return onSegment ? outX : -outX;
  }

  float normalY() {
    return onSegment ? outY : -outY;
  }

  /** A contact point in the world; it belongs to the side without this face. */
  float worldX(ContactPoint point, Body body) {
    return onSegment ? body.worldX(point.localX, point.localY) : point.localX;
  }

  float worldY(ContactPoint point, Body body) {
    return onSegment ? body.worldY(point.localX, point.localY) : point.localY;
  }

  /** How far a point of the world is from the face. */
  float distance(float pointX, float pointY) {
    return (pointX - x) * outX + (pointY - y) * outY;
  }

  /** Halfway between the skin around the face and that around a point at this distance of it. */
  float midwayX(float pointX, float distance) {
    return 0.5f
        * (pointX + (Tolerances.SKIN - distance) * outX + (pointX - Tolerances.SKIN * outX));
  }

  float midwayY(float pointY, float distance) {
    return 0.5f
        * (pointY + (Tolerances.SKIN - distance) * outY + (pointY - Tolerances.SKIN * outY));
  }
}
