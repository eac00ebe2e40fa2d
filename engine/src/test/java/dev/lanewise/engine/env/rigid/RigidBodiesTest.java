package dev.lanewise.engine.env.rigid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import org.junit.jupiter.api.Test;

/** Mechanics with numbers worked by hand. Gravity is 10 m/s², a step 1/50 s. */
class RigidBodiesTest {
  private static final float H = 0.02f;

  private static World world(float gravity, Body[] bodies, RevoluteJoint... joints) {
    var world = new World(gravity, H, 180, 60, bodies, joints, new float[] {0.4f});
    world.setGround(0, -50, 0, 50, 0);
    return world;
  }

  /** 1 m wide, 0.5 m high, 2 kg. */
  private static Body crate() {
    return new Body(Polygon.box(0.5f, 0.25f), 4, 0.1f);
  }

  @Test
  void sinesAgreeWithTheLibrary() {
    for (double x = -40; x < 40; x += 0.0137) {
      assertThat(Sine.sin(x)).isCloseTo(Math.sin(x), within(3e-14));
      assertThat(Sine.cos(x)).isCloseTo(Math.cos(x), within(3e-14));
    }
    assertThat(Sine.sin(0)).isZero();
    assertThat(Sine.cos(0)).isEqualTo(1);
  }

  @Test
  void aBoxHasTheMassAndInertiaOfTheFormula() {
    var crate = crate();
    assertThat(1 / crate.inverseMass).isCloseTo(2f, within(1e-6f));
    // m (w² + h²) / 12 = 2 · 1.25 / 12
    assertThat(1 / crate.inverseInertia).isCloseTo(2 * 1.25f / 12, within(1e-6f));
    assertThat(crate.localCenterX).isZero();
    assertThat(crate.localCenterY).isZero();
  }

  /**
   * A rectangle of 34 × 10 under a trapezoid of 34 and 28 by 17: 340 + 527 = 867, and its centroid
   * is (340 · -5 + 527 · 17/3 · 90/62) / 867 = 3.0392 high.
   */
  @Test
  void aPolygonHasTheAreaAndCentroidOfItsParts() {
    var hull = Polygon.of(17, -10, 17, 0, 14, 17, -14, 17, -17, 0, -17, -10);
    assertThat(hull.area).isCloseTo(867f, within(1e-3f));
    assertThat(hull.centroidX).isCloseTo(0f, within(1e-5f));
    assertThat(hull.centroidY)
        .isCloseTo((340 * -5 + 527 * 17 / 3f * 90 / 62f) / 867, within(1e-4f));
  }

  /** v ← v + h g, then y ← y + h v, to the last bit. */
  @Test
  void freeFallIsSemiImplicitEuler() {
    var crate = crate();
    var world = world(-10, new Body[] {crate});
    crate.place(0, 100, 0.3f);
    world.begin();
    float v = 0, y = 100;
    for (int n = 1; n <= 100; n++) {
      world.step();
      v += H * -10f;
      y += H * v;
      assertThat(crate.vy()).isEqualTo(v);
      assertThat(crate.y).isEqualTo(y);
    }
    // y = y₀ - g h² n (n + 1) / 2 = 100 - 10 · 0.0004 · 5050
    assertThat(y).isCloseTo(79.8f, within(1e-3f));
    assertThat(crate.angle()).isEqualTo(0.3f);
  }

  @Test
  void aForceAndATorqueActForOneStep() {
    var crate = crate();
    var world = world(-10, new Body[] {crate});
    crate.place(0, 100, 0);
    world.begin();
    crate.push(30, 40);
    crate.twist(5);
    world.step();
    // h F / m = 0.02 · 30 / 2; h (g + F / m) = 0.02 · 10; h T / I = 0.02 · 5 / 0.208333
    assertThat(crate.vx()).isCloseTo(0.3f, within(1e-6f));
    assertThat(crate.vy()).isCloseTo(0.2f, within(1e-6f));
    assertThat(crate.spin()).isCloseTo(0.48f, within(1e-5f));
    world.step();
    assertThat(crate.vx()).isCloseTo(0.3f, within(1e-6f));
    assertThat(crate.vy()).isCloseTo(0, within(1e-6f));
  }

  @Test
  void anImpulseTurnsByItsLever() {
    var crate = crate();
    crate.place(1, 100, 0);
    crate.kick(0, 4, 1.5f, 99);
    assertThat(crate.vy()).isEqualTo(2);
    // r × J / I = 0.5 · 4 / 0.208333
    assertThat(crate.spin()).isCloseTo(9.6f, within(1e-4f));
  }

  /** Two points share the weight: each gets m g h / 2 = 2 · 10 · 0.02 / 2. */
  @Test
  void aContactOfTwoPointsHoldsTheWeightEvenly() {
    var crate = crate();
    crate.place(0, 0.26f, 0);
    var ground = new Segment(0.4f);
    ground.set(-50, 0, 50, 0);
    var contact = new Contact(ground, crate);
    contact.begin();
    contact.update();
    assertThat(contact.touching).isTrue();
    assertThat(crate.grounded()).isTrue();
    crate.vy = -10 * H;
    contact.prepare(false);
    contact.solveVelocity();
    assertThat(crate.vy).isCloseTo(0, within(1e-7f));
    assertThat(crate.spin).isCloseTo(0, within(1e-7f));
    contact.keepImpulses();
    var saved = FloatBuffer.allocate(Contact.SAVED);
    contact.save(saved);
    saved.flip();
    // touching, two points, and for each its name, its normal and its tangential impulse
    assertThat(saved.get(0)).isEqualTo(1);
    assertThat(saved.get(1)).isEqualTo(2);
    assertThat(saved.get(3)).isCloseTo(0.2f, within(1e-6f));
    assertThat(saved.get(6)).isCloseTo(0.2f, within(1e-6f));
  }

  /**
   * It rests within the skins and the slop, and after half a second in which nothing moved sleeps.
   */
  @Test
  void aCrateOnTheGroundStaysAndFallsAsleep() {
    var crate = crate();
    var world = world(-10, new Body[] {crate});
    crate.place(3, 0.25f + 2 * Tolerances.SKIN, 0);
    world.begin();
    int steps = 0;
    while (world.awake() && steps < 100) {
      world.step();
      steps++;
      assertThat(crate.y).isBetween(0.25f + 0.02f - 2 * Tolerances.LINEAR_SLOP, 0.2701f);
      assertThat(crate.x).isCloseTo(3, within(1e-4f));
    }
    // 0.5 s are 25 steps, or 26 by rounding; the first of them still falls.
    assertThat(steps).isBetween(25, 28);
    assertThat(crate.vy()).isZero();
    assertThat(crate.touched()).isTrue();
  }

  @Test
  void nothingBounces() {
    var crate = crate();
    var world = world(-10, new Body[] {crate});
    crate.place(0, 3, 0);
    world.begin();
    boolean landed = false;
    for (int i = 0; i < 80; i++) {
      world.step();
      landed |= crate.grounded();
      assertThat(crate.vy()).isLessThan(0.05f);
    }
    assertThat(landed).isTrue();
    assertThat(crate.y).isCloseTo(0.27f, within(0.01f));
  }

  /** μ = √(0.4 · 0.1) = 0.2, so that it slows down by μ g = 2 m/s². */
  @Test
  void frictionSlowsByItsCoefficient() {
    var crate = crate();
    var world = world(-10, new Body[] {crate});
    crate.place(0, 0.265f, 0);
    world.begin();
    world.step();
    crate.kick(2 * 2, 0, crate.x, crate.y);
    float before = crate.vx();
    for (int i = 0; i < 25; i++) {
      world.step();
    }
    assertThat(before - crate.vx()).isCloseTo(1, within(0.03f));
    for (int i = 0; i < 50; i++) {
      world.step();
    }
    assertThat(crate.vx()).isCloseTo(0, within(1e-3f));
    // v² / 2a = 4 / 4
    assertThat(crate.x).isCloseTo(1, within(0.05f));
  }

  /**
   * At 90 m/s it moves by 1.8 m a step, more than its height: the impact within the step stops it.
   */
  @Test
  void aFastBodyDoesNotTunnel() {
    var crate = crate();
    var world = world(-10, new Body[] {crate});
    crate.place(0, 1, 0.1f);
    world.begin();
    crate.kick(0, -2 * 90, crate.x, crate.y);
    for (int i = 0; i < 5; i++) {
      world.step();
      assertThat(crate.y).isGreaterThan(0.2f);
    }
    assertThat(crate.touched()).isTrue();
  }

  /**
   * The underside is 1 m over the ground and falls by 2 m: it is as near as 5 mm after 0.995 m of
   * them.
   */
  @Test
  void theTimeOfImpactIsThatOfTheTargetDistance() {
    var crate = crate();
    crate.place(0, 1.25f, 0);
    crate.accelerate(0, H);
    crate.y -= 2;
    var ground = new Segment(0.4f);
    ground.set(-5, 0, 5, 0);
    var impact = new TimeOfImpact();
    // Found to a quarter of the slop of 5 mm.
    assertThat(impact.of(ground, crate)).isCloseTo(0.995f / 2, within(0.00125f / 2));
    crate.y += 1.5f;
    assertThat(impact.of(ground, crate)).isEqualTo(1);
    ground.set(4, 0, 5, 0);
    crate.y -= 1.5f;
    assertThat(impact.of(ground, crate)).as("passing by").isEqualTo(1);
  }

  /** A leg of 1 kg under a hull of 2 kg, turned by a motor of 1 rad/s up to 0.5 rad. */
  private static RevoluteJoint hinge(Body hull, Body leg) {
    return new RevoluteJoint(hull, leg, 0.5f, 0, 0, 0.5f, -0.5f, 0.5f, 1, 40);
  }

  private static Body leg() {
    return new Body(Polygon.box(0.25f, 0.5f), 2, 0.1f);
  }

  @Test
  void theMotorTurnsToTheLimitAndTheLimitHolds() {
    var hull = crate();
    var leg = leg();
    var hinge = hinge(hull, leg);
    var world = world(-1, new Body[] {hull, leg}, hinge);
    hull.place(0, 100, 0);
    leg.place(0.5f, 99.5f, 0);
    world.begin();
    for (int i = 0; i < 20; i++) {
      world.step();
      assertThat(leg.spin() - hull.spin()).as("motor").isCloseTo(1, within(1e-3f));
    }
    assertThat(hinge.angle()).isCloseTo(0.4f, within(2e-3f));
    for (int i = 0; i < 100; i++) {
      world.step();
      assertThat(hinge.angle()).isBetween(0.4f, 0.5f + 2 * Tolerances.ANGULAR_SLOP);
      float gapX = leg.worldX(0, 0.5f) - hull.worldX(0.5f, 0);
      float gapY = leg.worldY(0, 0.5f) - hull.worldY(0.5f, 0);
      assertThat(Math.hypot(gapX, gapY)).isLessThan(Tolerances.LINEAR_SLOP);
    }
    assertThat(hinge.angle()).isCloseTo(0.5f, within(Tolerances.ANGULAR_SLOP));
    assertThat(leg.spin() - hull.spin()).isCloseTo(0, within(1e-3f));
  }

  /** The joint's impulses are opposite and act at one point: m v and r × m v + I ω stay. */
  @Test
  void aStepOfInternalForcesKeepsMomentum() {
    var hull = crate();
    var leg = leg();
    var world = world(0, new Body[] {hull, leg}, hinge(hull, leg));
    hull.place(0, 20, 0);
    leg.place(0.5f, 19.5f, 0);
    world.begin();
    hull.kick(3, -1, 0.2f, 20.1f);
    leg.kick(-1, 2, 0.7f, 19.2f);
    double spun = angularMomentum(hull) + angularMomentum(leg);
    for (int i = 0; i < 50; i++) {
      world.step();
      assertThat(hull.vx() / hull.inverseMass + leg.vx() / leg.inverseMass)
          .isCloseTo(2, within(1e-4f));
      assertThat(hull.vy() / hull.inverseMass + leg.vy() / leg.inverseMass)
          .isCloseTo(1, within(1e-4f));
      assertThat(angularMomentum(hull) + angularMomentum(leg)).isCloseTo(spun, within(0.02));
    }
  }

  /** About (0, 20). */
  private static double angularMomentum(Body body) {
    return (body.x * body.vy - (body.y - 20) * body.vx) / body.inverseMass
        + body.spin / body.inverseInertia;
  }

  @Test
  void aJointWithoutRoomIsRefused() {
    assertThatThrownBy(() -> new RevoluteJoint(crate(), leg(), 0, 0, 0, 0, 0.1f, 0.1f, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a joint between 0.1 and 0.1 rad is not free to turn; leave it 4 degrees");
  }

  @Test
  void aSavedWorldGoesOnBitForBit() {
    var hull = crate();
    var leg = leg();
    var world = world(-10, new Body[] {hull, leg}, hinge(hull, leg));
    hull.place(0, 1.4f, 0.2f);
    leg.place(0.5f, 1, 0);
    world.begin();
    for (int i = 0; i < 30; i++) {
      world.step();
    }
    assertThat(leg.grounded()).isTrue();
    var saved = FloatBuffer.allocate(world.savedSize());
    world.save(saved);
    var then = new float[20][];
    for (int i = 0; i < then.length; i++) {
      world.step();
      then[i] = new float[] {hull.x, hull.y, hull.angle, leg.vx, leg.vy, leg.spin};
    }
    var otherHull = crate();
    var otherLeg = leg();
    var other = world(-10, new Body[] {otherHull, otherLeg}, hinge(otherHull, otherLeg));
    other.restore(saved.rewind());
    for (var expected : then) {
      other.step();
      assertThat(
              new float[] {
                otherHull.x, otherHull.y, otherHull.angle, otherLeg.vx, otherLeg.vy, otherLeg.spin
              })
          .isEqualTo(expected);
    }
  }
}
