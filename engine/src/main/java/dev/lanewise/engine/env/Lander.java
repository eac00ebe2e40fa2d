package dev.lanewise.engine.env;

import dev.lanewise.engine.env.rigid.Body;
import dev.lanewise.engine.env.rigid.Polygon;
import dev.lanewise.engine.env.rigid.RevoluteJoint;
import dev.lanewise.engine.env.rigid.Sine;
import dev.lanewise.engine.env.rigid.World;
import dev.lanewise.kernels.Philox;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The craft and the moon of {@link LunarLander}: a hull on two legs over ground of eleven pieces.
 * The viewport is 20 m wide and 13⅓ m high; the pad lies in the middle, a quarter up.
 */
final class Lander {
  static final int OBSERVATION = 8;

  private static final double STEPS_PER_SECOND = 50;

  /** Pixels a metre: what follows is defined in pixels. */
  private static final double SCALE = 30;

  private static final double WIDTH = 600 / SCALE;
  private static final double HEIGHT = 400 / SCALE;
  private static final double PAD = HEIGHT / 4;
  private static final int CHUNKS = 11;

  private static final float[] HULL = {17, -10, 17, 0, 14, 17, -14, 17, -17, 0, -17, -10};
  private static final double LEG_AWAY = 20;
  private static final double LEG_DOWN = 18;
  private static final double LEG_HALF_WIDTH = 2;
  private static final double LEG_HALF_HEIGHT = 8;
  private static final float LEG_SPRING_TORQUE = 40;
  private static final float LEG_SPRING_SPEED = 0.3f;

  private static final double INITIAL_FORCE = 1000;
  private static final double MAIN_POWER = 13;
  private static final double MAIN_DOWN = 4;
  private static final double SIDE_POWER = 0.6;
  private static final double SIDE_AWAY = 12;
  private static final double SIDE_HEIGHT = 14;

  /** Where Gymnasium's side engines push along x; along y it is {@link #SIDE_HEIGHT}. */
  private static final double SIDE_HEIGHT_ALONG_X = 17;

  private static final int WIND_RANGE = 9999;

  private final LunarLander options;
  private final Body hull;

  /** The first leg is on the right, the second on the left. */
  private final Body[] legs = new Body[2];

  private final World world;
  private final float[] terrain = new float[CHUNKS];
  private final double[] heights = new double[CHUNKS + 1];

  /** Arguments of the wind's two functions. */
  private int wind;

  private int turbulence;

  private final double[] observed = new double[OBSERVATION];
  private double reward;
  private boolean terminated;

  Lander(LunarLander options) {
    this.options = options;
    var outline = new float[HULL.length];
    for (int i = 0; i < outline.length; i++) {
      outline[i] = (float) (HULL[i] / SCALE);
    }
    hull = new Body(Polygon.of(outline), 5, 0.1f);
    var leg = Polygon.box((float) (LEG_HALF_WIDTH / SCALE), (float) (LEG_HALF_HEIGHT / SCALE));
    var joints = new RevoluteJoint[2];
    for (int i = 0; i < 2; i++) {
      int side = 2 * i - 1;
      legs[i] = new Body(leg, 1, 0.2f);
      joints[i] =
          new RevoluteJoint(
              hull,
              legs[i],
              0,
              0,
              (float) (side * LEG_AWAY / SCALE),
              (float) (LEG_DOWN / SCALE),
              side < 0 ? 0.4f : -0.9f,
              side < 0 ? 0.9f : -0.4f,
              LEG_SPRING_SPEED * side,
              LEG_SPRING_TORQUE);
    }
    var friction = new float[CHUNKS];
    Arrays.fill(friction, 0.1f);
    friction[0] = 0.2f;
    // Box2D searches an island from its newest body on, along the joints.
    world =
        new World(
            (float) options.gravity(),
            (float) (1 / STEPS_PER_SECOND),
            180,
            60,
            new Body[] {legs[1], hull, legs[0]},
            new RevoluteJoint[] {joints[1], joints[0]},
            friction);
    world.setGround(0, 0, 0, (float) WIDTH, 0);
  }

  void begin(Philox random) {
    for (int i = 0; i < heights.length; i++) {
      heights[i] = Draws.uniform(random, 0, HEIGHT / 2);
    }
    for (int i = -2; i <= 2; i++) {
      heights[CHUNKS / 2 + i] = PAD;
    }
    for (int i = 0; i < CHUNKS; i++) {
      double before = heights[i == 0 ? CHUNKS : i - 1];
      terrain[i] = (float) (0.33 * (before + heights[i] + heights[i + 1]));
    }
    float forceX = (float) Draws.uniform(random, -INITIAL_FORCE, INITIAL_FORCE);
    float forceY = (float) Draws.uniform(random, -INITIAL_FORCE, INITIAL_FORCE);
    if (options.wind()) {
      wind = Draws.integer(random, 2 * WIND_RANGE) - WIND_RANGE;
      turbulence = Draws.integer(random, 2 * WIND_RANGE) - WIND_RANGE;
    }
    begin(terrain, forceX, forceY);
  }

  /**
   * High above the pad, at the end of a step without engines.
   *
   * @param heights of the ground at 11 places from the left to the right
   * @param forceX what pushes the hull during that step, in N
   */
  void begin(float[] heights, float forceX, float forceY) {
    System.arraycopy(heights, 0, terrain, 0, CHUNKS);
    setGround();
    hull.place((float) (WIDTH / 2), (float) HEIGHT, 0);
    hull.push(forceX, forceY);
    for (int i = 0; i < 2; i++) {
      int side = 2 * i - 1;
      legs[i].place(
          (float) (WIDTH / 2 - side * LEG_AWAY / SCALE), (float) HEIGHT, (float) (side * 0.05));
    }
    world.begin();
    step(0, 0, 0, 0);
  }

  private void setGround() {
    for (int i = 0; i + 1 < CHUNKS; i++) {
      world.setGround(i + 1, (float) chunk(i), terrain[i], (float) chunk(i + 1), terrain[i + 1]);
    }
  }

  /** Where along x the ground's piece i begins. */
  private static double chunk(int i) {
    return WIDTH / (CHUNKS - 1) * i;
  }

  /**
   * One step of 20 ms.
   *
   * @param main power of the main engine, 0 or 0.5 to 1
   * @param side power of the side engines: 0 or 0.5 to 1, negative for the left one
   * @param dispersionU noise of the engines' direction, uniform in (-1, 1)
   * @param dispersionV likewise
   */
  void step(double main, double side, double dispersionU, double dispersionV) {
    double before = observe();
    if (options.wind() && !legs[0].grounded() && !legs[1].grounded()) {
      hull.push((float) (gust(wind++) * options.windPower()), 0);
      hull.twist((float) (gust(turbulence++) * options.turbulencePower()));
    }
    double upX = Sine.sin(hull.angle()), upY = Sine.cos(hull.angle());
    double u = dispersionU / SCALE, v = dispersionV / SCALE;
    if (main > 0) {
      double ox = upX * (MAIN_DOWN / SCALE + 2 * u) + -upY * v;
      double oy = -upY * (MAIN_DOWN / SCALE + 2 * u) - upX * v;
      kick(ox, oy, MAIN_POWER * main, hull.originX() + ox, hull.originY() + oy);
    }
    if (side != 0) {
      double away = 3 * v + Math.signum(side) * SIDE_AWAY / SCALE;
      double ox = upX * u + -upY * away;
      double oy = -upY * u - upX * away;
      kick(
          ox,
          oy,
          SIDE_POWER * Math.abs(side),
          hull.originX() + ox - upX * SIDE_HEIGHT_ALONG_X / SCALE,
          hull.originY() + oy + upY * SIDE_HEIGHT / SCALE);
    }
    world.step();
    double after = observe();
    terminated = hull.touched() || Math.abs(observed[0]) >= 1 || !world.awake();
    if (!world.awake()) {
      reward = 100;
    } else if (terminated) {
      reward = -100;
    } else {
      reward = after - before - 0.30 * main - 0.03 * Math.abs(side);
    }
  }

  private void kick(double ox, double oy, double power, double atX, double atY) {
    hull.kick((float) (-ox * power), (float) (-oy * power), (float) atX, (float) atY);
  }

  /** Never periodic. */
  private static double gust(int t) {
    return Math.tanh(Math.sin(0.02 * t) + Math.sin(Math.PI * 0.01 * t));
  }

  /**
   * Sets what is observed.
   *
   * @return its potential, whose growth is rewarded
   */
  private double observe() {
    observed[0] = (hull.originX() - WIDTH / 2) / (WIDTH / 2);
    observed[1] = (hull.originY() - (PAD + LEG_DOWN / SCALE)) / (HEIGHT / 2);
    observed[2] = hull.vx() * (WIDTH / 2) / STEPS_PER_SECOND;
    observed[3] = hull.vy() * (HEIGHT / 2) / STEPS_PER_SECOND;
    observed[4] = hull.angle();
    observed[5] = 20 * hull.spin() / STEPS_PER_SECOND;
    observed[6] = legs[0].grounded() ? 1 : 0;
    observed[7] = legs[1].grounded() ? 1 : 0;
    return -100 * Math.sqrt(observed[0] * observed[0] + observed[1] * observed[1])
        - 100 * Math.sqrt(observed[2] * observed[2] + observed[3] * observed[3])
        - 100 * Math.abs(observed[4])
        + 10 * observed[6]
        + 10 * observed[7];
  }

  double observed(int i) {
    return observed[i];
  }

  double reward() {
    return reward;
  }

  boolean terminated() {
    return terminated;
  }

  /** The moon, the flags beside the pad, the legs and the hull, from behind to before. */
  Scene scene() {
    var shapes = new ArrayList<Scene.Shape>();
    var moon = new ArrayList<Scene.Point>();
    moon.add(new Scene.Point(0, 0, 0));
    for (int i = 0; i < CHUNKS; i++) {
      moon.add(new Scene.Point(chunk(i), 0, terrain[i]));
    }
    moon.add(new Scene.Point(WIDTH, 0, 0));
    shapes.add(new Scene.Polygon("moon", moon));
    for (int i : new int[] {CHUNKS / 2 - 1, CHUNKS / 2 + 1}) {
      shapes.add(new Scene.Mark("flag", new Scene.Point(chunk(i), 0, terrain[i])));
    }
    shapes.add(outline("right leg", legs[0]));
    shapes.add(outline("left leg", legs[1]));
    shapes.add(outline("hull", hull));
    return new Scene(shapes);
  }

  private static Scene.Polygon outline(String part, Body body) {
    var corners = body.corners();
    return new Scene.Polygon(
        part,
        IntStream.range(0, corners.length / 2)
            .mapToObj(k -> new Scene.Point(corners[2 * k], 0, corners[2 * k + 1]))
            .toList());
  }

  int savedSize() {
    return CHUNKS + 2 + world.savedSize();
  }

  void save(FloatBuffer to) {
    to.put(terrain).put(wind).put(turbulence);
    world.save(to);
  }

  void restore(FloatBuffer from) {
    from.get(terrain);
    wind = (int) from.get();
    turbulence = (int) from.get();
    setGround();
    world.restore(from);
  }
}
