package dev.lanewise.engine.env.rigid;

/**
 * Where and along which normal a polygon touches a segment: one or two points, where the edge that
 * lies against the reference face is clipped to it. Box2D's for segments without neighbours
 * (b2CollideEdge.cpp, 2.3).
 */
final class Manifold {
  /**
   * The polygon's face is taken only where it separates clearly more, so that it stays the same.
   */
  private static final float RELATIVE_TOLERANCE = 0.98f;

  private static final float ABSOLUTE_TOLERANCE = 0.001f;

  /** One or two; 0 where they do not touch. */
  int count;

  final ContactPoint first = new ContactPoint();
  final ContactPoint second = new ContactPoint();

  final ReferenceFace face = new ReferenceFace();
  private final float[] x = new float[8];
  private final float[] y = new float[8];
  private final float[] nx = new float[8];
  private final float[] ny = new float[8];
  private final Clip from = new Clip();
  private final Clip to = new Clip();

  ContactPoint point(int i) {
    return i == 0 ? first : second;
  }

  /** Recomputes it; points of the same features keep their impulses. */
  void update(Segment segment, Body body) {
    int oldCount = count;
    int oldFirst = first.feature, oldSecond = second.feature;
    float firstNormal = first.normalImpulse, firstTangent = first.tangentImpulse;
    float secondNormal = second.normalImpulse, secondTangent = second.tangentImpulse;
    count = 0;
    collide(segment, body);
    for (int i = 0; i < count; i++) {
      var point = point(i);
      boolean wasFirst = oldCount > 0 && point.feature == oldFirst;
      boolean wasSecond = oldCount > 1 && point.feature == oldSecond;
      point.normalImpulse = wasFirst ? firstNormal : wasSecond ? secondNormal : 0;
      point.tangentImpulse = wasFirst ? firstTangent : wasSecond ? secondTangent : 0;
    }
  }

  private void collide(Segment segment, Body body) {
    var shape = body.shape;
    float centroidX = body.worldX(shape.centroidX, shape.centroidY);
    float centroidY = body.worldY(shape.centroidX, shape.centroidY);
    boolean front =
        segment.normalX * (centroidX - segment.x1) + segment.normalY * (centroidY - segment.y1)
            >= 0;
    float upX = front ? segment.normalX : -segment.normalX;
    float upY = front ? segment.normalY : -segment.normalY;
    for (int i = 0; i < shape.size; i++) {
      x[i] = body.worldX(i);
      y[i] = body.worldY(i);
      nx[i] = body.cos * shape.normalX[i] - body.sin * shape.normalY[i];
      ny[i] = body.sin * shape.normalX[i] + body.cos * shape.normalY[i];
    }

    float overSegment = Float.MAX_VALUE;
    for (int i = 0; i < shape.size; i++) {
      overSegment = Math.min(overSegment, upX * (x[i] - segment.x1) + upY * (y[i] - segment.y1));
    }
    if (overSegment > Tolerances.CONTACT_RADIUS) {
      return;
    }
    float overPolygon = -Float.MAX_VALUE;
    int polygonFace = 0;
    for (int i = 0; i < shape.size; i++) {
      float over1 = -nx[i] * (x[i] - segment.x1) + -ny[i] * (y[i] - segment.y1);
      float over2 = -nx[i] * (x[i] - segment.x2) + -ny[i] * (y[i] - segment.y2);
      float over = Math.min(over1, over2);
      if (over > Tolerances.CONTACT_RADIUS) {
        return;
      }
      if (over > overPolygon) {
        overPolygon = over;
        polygonFace = i;
      }
    }
    if (overPolygon > RELATIVE_TOLERANCE * overSegment + ABSOLUTE_TOLERANCE) {
      clipToPolygon(segment, body, polygonFace);
    } else {
      clipToSegment(segment, body, front, upX, upY);
    }
  }

  private void clipToSegment(Segment s, Body body, boolean front, float upX, float upY) {
    var shape = body.shape;
    int edge = 0;
    float least = upX * nx[0] + upY * ny[0];
    for (int i = 1; i < shape.size; i++) {
      float value = upX * nx[i] + upY * ny[i];
      if (value < least) {
        least = value;
        edge = i;
      }
    }
    int next = shape.next(edge);
    from.set(
        x[edge],
        y[edge],
        Clip.feature(0, edge, false),
        x[next],
        y[next],
        Clip.feature(0, next, false));
    int i1 = front ? 0 : 1, i2 = 1 - i1;
    float ax = front ? s.x1 : s.x2, ay = front ? s.y1 : s.y2;
    float bx = front ? s.x2 : s.x1, by = front ? s.y2 : s.y1;
    if (!from.clip(upY, -upX, upY * ax + -upX * ay, i1, to)
        || !to.clip(-upY, upX, -upY * bx + upX * by, i2, from)) {
      return;
    }
    face.set(true, ax, ay, upX, upY);
    for (int i = 0; i < 2; i++) {
      float px = from.x(i), py = from.y(i);
      if (upX * (px - ax) + upY * (py - ay) <= Tolerances.CONTACT_RADIUS) {
        float dx = px - body.originX(), dy = py - body.originY();
        point(count++)
            .set(body.cos * dx + body.sin * dy, -body.sin * dx + body.cos * dy, from.feature(i));
      }
    }
  }

  private void clipToPolygon(Segment s, Body body, int i1) {
    var shape = body.shape;
    int i2 = shape.next(i1);
    int feature = Clip.feature(0, i1, true);
    from.set(s.x1, s.y1, feature, s.x2, s.y2, feature);
    float outX = nx[i1], outY = ny[i1];
    float ax = x[i1], ay = y[i1];
    float bx = x[i2], by = y[i2];
    if (!from.clip(outY, -outX, outY * ax + -outX * ay, i1, to)
        || !to.clip(-outY, outX, -outY * bx + outX * by, i2, from)) {
      return;
    }
    face.set(false, shape.x[i1], shape.y[i1], shape.normalX[i1], shape.normalY[i1]);
    for (int i = 0; i < 2; i++) {
      float px = from.x(i), py = from.y(i);
      if (outX * (px - ax) + outY * (py - ay) <= Tolerances.CONTACT_RADIUS) {
        point(count++).set(px, py, Clip.swapped(from.feature(i)));
      }
    }
  }
}
