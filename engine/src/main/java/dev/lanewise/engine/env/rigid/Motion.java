package dev.lanewise.engine.env.rigid;

/** A body's motion within a step, from where it starts to where it is, and a moment of it. */
final class Motion {
  Polygon shape;
  float originX;
  float originY;
  float sin;
  float cos;

  private Body body;
  private float startAngle;
  private float endAngle;

  void follow(Body newBody) {
    body = newBody;
    shape = newBody.shape;
    float turn = 2.0f * Tolerances.PI;
    float turns = turn * (float) Math.floor(newBody.startAngle / turn);
    startAngle = newBody.startAngle - turns;
    endAngle = newBody.angle - turns;
  }

  /**
   * @param part from 0 at the start to 1 at the end
   */
  void at(float part) {
    float centerX = (1.0f - part) * body.startX + part * body.x;
    float centerY = (1.0f - part) * body.startY + part * body.y;
    float angle = (1.0f - part) * startAngle + part * endAngle;
    sin = (float) Sine.sin(angle);
    cos = (float) Sine.cos(angle);
    originX = centerX - (cos * body.localCenterX - sin * body.localCenterY);
    originY = centerY - (sin * body.localCenterX + cos * body.localCenterY);
  }

  float worldX(float localX, float localY) {
    return cos * localX - sin * localY + originX;
  }

  float worldY(float localX, float localY) {
    return sin * localX + cos * localY + originY;
  }

  /** The vertex that lies furthest in a direction of the world. */
  int furthest(float directionX, float directionY) {
    return shape.furthest(
        cos * directionX + sin * directionY, -sin * directionX + cos * directionY);
  }
}
