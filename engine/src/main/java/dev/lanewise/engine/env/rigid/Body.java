package dev.lanewise.engine.env.rigid;

import java.nio.FloatBuffer;

/**
 * A rigid body of one convex polygon. Its position is its centre of mass; its origin is where the
 * polygon's frame begins.
 */
public final class Body {
  static final int SAVED = 12;

  final Polygon shape;
  final float friction;
  final float inverseMass;
  final float inverseInertia;
  final float localCenterX;
  final float localCenterY;

  float x;
  float y;
  float angle;
  float vx;
  float vy;
  float spin;

  /** Where the motion of this step starts from, and at which part of the step, from 0 to 1. */
  float startX;

  float startY;
  float startAngle;
  float startTime;

  private float originX;
  private float originY;
  float sin;
  float cos;

  private float forceX;
  private float forceY;
  private float torque;

  /** Seconds since it last moved noticeably. */
  float stillTime;

  /** Around the shape and where it is about to move; what it overlaps may be touched soon. */
  final Box reach = new Box();

  private final Box swept = new Box();
  private final float[] kept = new float[7];
  private boolean grounded;
  private boolean touched;

  /**
   * @param density in kg/m²
   */
  public Body(Polygon shape, float density, float friction) {
    this.shape = shape;
    this.friction = friction;
    float mass = density * shape.area;
    inverseMass = 1.0f / mass;
    localCenterX = mass * shape.centroidX * inverseMass;
    localCenterY = mass * shape.centroidY * inverseMass;
    float aboutOrigin = density * shape.secondMoment;
    float aboutCenter =
        aboutOrigin - mass * (localCenterX * localCenterX + localCenterY * localCenterY);
    inverseInertia = 1.0f / aboutCenter;
  }

  /** Puts the frame's origin somewhere, at rest and touching nothing. */
  public void place(float newOriginX, float newOriginY, float newAngle) {
    turn(newAngle);
    originX = newOriginX;
    originY = newOriginY;
    x = cos * localCenterX - sin * localCenterY + originX;
    y = sin * localCenterX + cos * localCenterY + originY;
    angle = newAngle;
    stop();
    grounded = false;
    touched = false;
    clearForces();
    reach.set(worldX(0), worldY(0));
    addShapeTo(reach);
    reach.grow(Tolerances.SKIN);
    reach.grow(Tolerances.BOX_MARGIN);
  }

  /** A force on the centre of mass during the next step, in N. */
  public void push(float newForceX, float newForceY) {
    forceX += newForceX;
    forceY += newForceY;
  }

  /** A torque during the next step, in N m. */
  public void twist(float newTorque) {
    torque += newTorque;
  }

  /** An impulse at a point of the world, in N s. */
  public void kick(float impulseX, float impulseY, float atX, float atY) {
    vx += inverseMass * impulseX;
    vy += inverseMass * impulseY;
    spin += inverseInertia * ((atX - x) * impulseY - (atY - y) * impulseX);
  }

  public float originX() {
    return originX;
  }

  public float originY() {
    return originY;
  }

  public float angle() {
    return angle;
  }

  /** Of the centre of mass. */
  public float vx() {
    return vx;
  }

  /** Of the centre of mass. */
  public float vy() {
    return vy;
  }

  public float spin() {
    return spin;
  }

  /** Whether the last thing that happened between it and the ground was that a contact began. */
  public boolean grounded() {
    return grounded;
  }

  /** Whether a contact with the ground began since it was placed or restored. */
  public boolean touched() {
    return touched;
  }

  void contactBegan() {
    grounded = true;
    touched = true;
  }

  void contactEnded() {
    grounded = false;
  }

  void clearForces() {
    forceX = 0;
    forceY = 0;
    torque = 0;
  }

  /** Starts a step: v += h (g + F/m), ω += h T/I. */
  void accelerate(float gravity, float h) {
    startX = x;
    startY = y;
    startAngle = angle;
    startTime = 0;
    vx += h * (inverseMass * forceX);
    vy += h * (gravity + inverseMass * forceY);
    spin += h * inverseInertia * torque;
  }

  /** x += h v, φ += h ω, no further than a body may move in a step. */
  void move(float h) {
    float dx = h * vx, dy = h * vy;
    if (dx * dx + dy * dy > Tolerances.MAX_TRANSLATION * Tolerances.MAX_TRANSLATION) {
      float ratio = Tolerances.MAX_TRANSLATION / (float) Math.sqrt(dx * dx + dy * dy);
      vx *= ratio;
      vy *= ratio;
    }
    float turn = h * spin;
    if (turn * turn > Tolerances.MAX_ROTATION * Tolerances.MAX_ROTATION) {
      spin *= Tolerances.MAX_ROTATION / Math.abs(turn);
    }
    x += h * vx;
    y += h * vy;
    angle += h * spin;
  }

  boolean isStill() {
    return spin * spin <= Tolerances.ANGULAR_SLEEP * Tolerances.ANGULAR_SLEEP
        && vx * vx + vy * vy <= Tolerances.LINEAR_SLEEP * Tolerances.LINEAR_SLEEP;
  }

  void stop() {
    vx = 0;
    vy = 0;
    spin = 0;
    stillTime = 0;
  }

  /** Moves the start of its motion on to a later part of the step. */
  void startLater(float time) {
    float part = (time - startTime) / (1.0f - startTime);
    startX += part * (x - startX);
    startY += part * (y - startY);
    startAngle += part * (angle - startAngle);
    startTime = time;
  }

  /** Goes back to where it is at a part of the step. */
  void rewind(float time) {
    startLater(time);
    x = startX;
    y = startY;
    angle = startAngle;
    followPosition();
  }

  /** Remembers its motion within the step, for {@link #takeBack}. */
  void keep() {
    kept[0] = startX;
    kept[1] = startY;
    kept[2] = startAngle;
    kept[3] = startTime;
    kept[4] = x;
    kept[5] = y;
    kept[6] = angle;
  }

  void takeBack() {
    startX = kept[0];
    startY = kept[1];
    startAngle = kept[2];
    startTime = kept[3];
    x = kept[4];
    y = kept[5];
    angle = kept[6];
    followPosition();
  }

  /** Makes the frame follow position and angle. */
  void followPosition() {
    setFrame(x, y, angle);
  }

  /** The frame of a body whose centre of mass is there. */
  private void setFrame(float centerX, float centerY, float toAngle) {
    turn(toAngle);
    originX = centerX - (cos * localCenterX - sin * localCenterY);
    originY = centerY - (sin * localCenterX + cos * localCenterY);
  }

  private void turn(float toAngle) {
    sin = (float) Sine.sin(toAngle);
    cos = (float) Sine.cos(toAngle);
  }

  /**
   * Makes the reach cover this step's motion, and with it the next ones if they are alike.
   *
   * @return whether it had to be changed
   */
  boolean updateReach() {
    setFrame(startX, startY, startAngle);
    float fromX = originX, fromY = originY;
    swept.set(worldX(0), worldY(0));
    addShapeTo(swept);
    followPosition();
    addShapeTo(swept);
    swept.grow(Tolerances.SKIN);
    if (reach.contains(swept)) {
      return false;
    }
    reach.set(swept);
    reach.grow(Tolerances.BOX_MARGIN);
    reach.stretch(
        Tolerances.BOX_DISPLACEMENTS * (originX - fromX),
        Tolerances.BOX_DISPLACEMENTS * (originY - fromY));
    return true;
  }

  private void addShapeTo(Box box) {
    for (int i = 0; i < shape.size; i++) {
      box.add(worldX(i), worldY(i));
    }
  }

  float worldX(int vertex) {
    return worldX(shape.x[vertex], shape.y[vertex]);
  }

  float worldY(int vertex) {
    return worldY(shape.x[vertex], shape.y[vertex]);
  }

  float worldX(float localX, float localY) {
    return cos * localX - sin * localY + originX;
  }

  float worldY(float localX, float localY) {
    return sin * localX + cos * localY + originY;
  }

  /** Where its shape's vertices are in the world: x and y of each in turn. */
  public float[] corners() {
    var corners = new float[2 * shape.size];
    for (int i = 0; i < shape.size; i++) {
      corners[2 * i] = worldX(i);
      corners[2 * i + 1] = worldY(i);
    }
    return corners;
  }

  void save(FloatBuffer to) {
    to.put(x).put(y).put(angle).put(vx).put(vy).put(spin).put(stillTime).put(grounded ? 1 : 0);
    reach.save(to);
  }

  void restore(FloatBuffer from) {
    x = from.get();
    y = from.get();
    angle = from.get();
    vx = from.get();
    vy = from.get();
    spin = from.get();
    stillTime = from.get();
    grounded = from.get() != 0;
    reach.restore(from);
    touched = false;
    clearForces();
    followPosition();
  }
}
