package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.env.Scene;
import dev.lanewise.engine.env.Scene.Capsule;
import dev.lanewise.engine.env.Scene.Floor;
import dev.lanewise.engine.env.Scene.Mark;
import dev.lanewise.engine.env.Scene.Point;
import dev.lanewise.engine.env.Scene.Polygon;
import dev.lanewise.engine.env.Scene.Shape;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Where things stand in pictures of hand-given observations. */
class PicturesTest {
  private static BufferedImage drawn(String id, float[] observation, float... action)
      throws IOException {
    return Film.draw(Pictures.of(id), new Moment(observation, action, Scene.EMPTY), 3, -1.5);
  }

  private static BufferedImage seen(String id, float[] action, Shape... shapes) throws IOException {
    var scene = new Scene(List.of(shapes));
    return Film.draw(Pictures.of(id), new Moment(new float[0], action, scene), 3, -1.5);
  }

  private static float cos(double angle) {
    return (float) Math.cos(angle);
  }

  private static float sin(double angle) {
    return (float) Math.sin(angle);
  }

  private static void assertInk(BufferedImage image, double x, double y, Color ink) {
    assertThat(new Color(image.getRGB((int) Math.round(x), (int) Math.round(y))))
        .as("at %.0f, %.0f", x, y)
        .isEqualTo(ink);
  }

  /** Mean x of the pixels of an ink, NaN for none. */
  private static double meanX(BufferedImage image, Color ink) {
    double sum = 0;
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if (image.getRGB(x, y) == ink.getRGB()) {
          sum += x;
          count++;
        }
      }
    }
    return sum / count;
  }

  @Test
  void pendulum() throws IOException {
    var upright = drawn("Pendulum-v1", new float[] {1, 0, 0});
    assertInk(upright, 200, 100, Inks.BLUE);
    assertInk(upright, 200, 300, Inks.PAPER);
    assertThat(meanX(upright, Inks.RED)).as("no action, no arrow").isNaN();
    var left = drawn("Pendulum-v1", new float[] {cos(Math.PI / 2), sin(Math.PI / 2), 0}, 2);
    assertInk(left, 100, 200, Inks.BLUE);
    assertInk(left, 300, 200, Inks.PAPER);
    var weak = drawn("Pendulum-v1", new float[] {1, 0, 0}, 0.5f);
    var strong = drawn("Pendulum-v1", new float[] {1, 0, 0}, -2);
    assertThat(meanX(weak, Inks.RED)).as("counterclockwise, its head on the left").isLessThan(200);
    assertThat(meanX(strong, Inks.RED)).isGreaterThan(200);
  }

  @Test
  void cartPole() throws IOException {
    var middle = drawn("CartPole-v1", new float[4]);
    assertThat(meanX(middle, Inks.BLUE)).isBetween(298.0, 302.0);
    assertThat(meanX(middle, Inks.ORANGE)).isBetween(298.0, 302.0);
    var leaning = drawn("CartPole-v1", new float[] {1, 0, 0.2f, 0}, 1);
    assertThat(meanX(leaning, Inks.BLUE)).isGreaterThan(380);
    assertThat(meanX(leaning, Inks.ORANGE)).isGreaterThan(meanX(leaning, Inks.BLUE) + 5);
    assertThat(meanX(leaning, Inks.RED)).isGreaterThan(meanX(leaning, Inks.BLUE));
    var pushed = drawn("CartPole-v1", new float[4], 0);
    assertThat(meanX(pushed, Inks.RED)).isLessThan(260);
  }

  @Test
  void mountainCar() throws IOException {
    var valley = drawn("MountainCar-v0", new float[] {(float) (-Math.PI / 6), 0}, 1);
    assertThat(meanX(valley, Inks.BLUE)).isBetween(220.0, 230.0);
    assertThat(meanX(valley, Inks.RED)).as("no force").isNaN();
    assertThat(meanX(valley, Inks.GREEN)).isBetween(567.0, 590.0);
    var pushed = drawn("MountainCar-v0", new float[] {(float) (-Math.PI / 6), 0}, 0);
    assertThat(meanX(pushed, Inks.RED)).isLessThan(200);
    var goal = drawn("MountainCarContinuous-v0", new float[] {0.4f, 0}, 0.9f);
    assertThat(meanX(goal, Inks.BLUE)).isBetween(515.0, 540.0);
    assertThat(meanX(goal, Inks.RED)).isGreaterThan(meanX(goal, Inks.BLUE));
  }

  @Test
  void acrobot() throws IOException {
    var hanging = drawn("Acrobot-v1", new float[] {1, 0, 1, 0, 0, 0}, 1);
    assertInk(hanging, 200, 250, Inks.BLUE);
    assertInk(hanging, 200, 330, Inks.ORANGE);
    assertThat(meanX(hanging, Inks.RED)).isNaN();
    // The first link to the right, the second up from its end: its tip is at the line.
    double right = Math.PI / 2;
    var bent =
        drawn("Acrobot-v1", new float[] {cos(right), sin(right), cos(right), sin(right), 0, 0}, 2);
    assertInk(bent, 240, 210, Inks.BLUE);
    assertInk(bent, 280, 170, Inks.ORANGE);
    assertInk(bent, 20, 130, Inks.GREEN);
    assertThat(meanX(bent, Inks.RED)).as("counterclockwise").isLessThan(280);
  }

  @Test
  void stepAndReturnStandInTheCorner() throws IOException {
    var image = drawn("CartPole-v1", new float[4]);
    int ink = 0;
    for (int y = 8; y < 44; y++) {
      for (int x = 10; x < 110; x++) {
        ink += new Color(image.getRGB(x, y)).getRed() < 0x80 ? 1 : 0;
      }
    }
    assertThat(ink).isGreaterThan(100);
  }

  private static Point at(double x, double y, double z) {
    return new Point(x, y, z);
  }

  /**
   * Upright in the middle, 34 pixels wide and 27 high, its bottom 190 pixels over the viewport's.
   */
  private static final Polygon HULL =
      new Polygon(
          "hull",
          List.of(
              at(10 + 17 / 30.0, 0, 190 / 30.0),
              at(10 + 17 / 30.0, 0, 200 / 30.0),
              at(10 + 14 / 30.0, 0, 217 / 30.0),
              at(10 - 14 / 30.0, 0, 217 / 30.0),
              at(10 - 17 / 30.0, 0, 200 / 30.0),
              at(10 - 17 / 30.0, 0, 190 / 30.0)));

  @Test
  void lunarLander() throws IOException {
    var moon = new Polygon("moon", List.of(at(0, 0, 0), at(0, 0, 2), at(20, 0, 4), at(20, 0, 0)));
    var flag = new Mark("flag", at(12, 0, 3.2));
    var quiet = seen("LunarLander-v3", new float[] {0}, moon, flag, HULL);
    assertInk(quiet, 300, 200, Inks.BLUE);
    assertInk(quiet, 300, 215, Inks.PAPER);
    assertInk(quiet, 20, 345, Inks.GROUND);
    assertInk(quiet, 20, 330, Inks.PAPER);
    assertInk(quiet, 580, 290, Inks.GROUND);
    assertThat(meanX(quiet, Inks.GREEN)).as("its flag blows to the right").isBetween(362.0, 375.0);
    assertThat(meanX(quiet, Inks.ORANGE)).as("no engine").isNaN();

    var main = seen("LunarLander-v3", new float[] {2}, moon, flag, HULL);
    assertInk(main, 300, 218, Inks.ORANGE);
    assertInk(main, 300, 245, Inks.PAPER);
    assertThat(meanX(seen("LunarLander-v3", new float[] {1}, HULL), Inks.ORANGE))
        .as("the one that pushes to the left, in Gymnasium the left one")
        .isGreaterThan(316);
    assertThat(meanX(seen("LunarLander-v3", new float[] {3}, HULL), Inks.ORANGE)).isLessThan(284);
    assertThat(meanX(seen("LunarLander-v3", new float[0], HULL), Inks.ORANGE)).isNaN();
  }

  @Test
  void throttledEngines() throws IOException {
    var id = "LunarLanderContinuous-v3";
    assertThat(meanX(seen(id, new float[] {-0.1f, 0.5f}, HULL), Inks.ORANGE)).as("off").isNaN();
    assertInk(seen(id, new float[] {1, 0}, HULL), 300, 230, Inks.ORANGE);
    assertInk(seen(id, new float[] {0.01f, 0}, HULL), 300, 215, Inks.ORANGE);
    assertInk(seen(id, new float[] {0.01f, 0}, HULL), 300, 230, Inks.PAPER);
    assertThat(meanX(seen(id, new float[] {0, -0.6f}, HULL), Inks.ORANGE)).isGreaterThan(316);
    assertThat(meanX(seen(id, new float[] {0, 0.6f}, HULL), Inks.ORANGE)).isLessThan(284);
  }

  /** 120 pixels a metre; the picture's centre is 1 m above the floor and follows the torso. */
  @Test
  void aRobotFromTheSide() throws IOException {
    var torso = new Capsule("torso", at(6.5, 0, 0.7), at(7.5, 0, 0.7), 0.1);
    var foot = new Capsule("front_foot", at(7.5, 1e-12, 0.7), at(7.5, 0, 0.1), 0.05);
    var floor = new Floor("world", 0);
    var image = seen("HalfCheetah-v5", new float[6], floor, torso, foot);
    assertInk(image, 300, 236, Inks.BLUE);
    assertInk(image, 235, 236, Inks.BLUE);
    assertInk(image, 300, 236 - 15, Inks.PAPER);
    assertInk(image, 300, 236 + 15, Inks.PAPER);
    assertInk(image, 360, 280, Inks.ORANGE);
    assertInk(image, 360, 236, Inks.ORANGE);
    assertInk(image, 500, 320, Inks.LINE);
    assertThat(new Color(image.getRGB(300, 326))).as("mark at 7 m").isEqualTo(Inks.LINE);
    var further =
        seen(
            "HalfCheetah-v5",
            new float[6],
            floor,
            new Capsule("torso", at(6.75, 0, 0.7), at(7.75, 0, 0.7), 0.1));
    assertInk(further, 300, 236, Inks.BLUE);
    assertInk(further, 270, 326, Inks.LINE);
  }

  @Test
  void aRobotFromAbove() throws IOException {
    var arm = new Capsule("upper_arm", at(0, 0, 0.01), at(0.1, 0, 0.01), 0.01);
    var target = new Capsule("target", at(-0.1, 0.1, 0.01), at(-0.1, 0.1, 0.01), 0.009);
    var image = seen("Reacher-v5", new float[2], arm, target);
    assertInk(image, 340, 200, Inks.BLUE);
    assertInk(image, 215, 115, Inks.GREEN);
    assertInk(image, 215, 124, Inks.PAPER);
    assertThat(meanX(image, Inks.GREEN)).isBetween(214.0, 216.0);
  }

  /** A ball is a disc of its own size from everywhere; what is nearer hides what is not. */
  @Test
  void aRobotFromAnAngle() throws IOException {
    var torso = new Capsule("torso", at(3, 4, 0.5), at(3, 4, 0.5), 0.25);
    var behind = new Capsule("front_ball", at(2.5, 4.5, 0.5), at(2.5, 4.5, 0.5), 0.05);
    var before = new Capsule("front_ball", at(3.5, 4 - 0.5, 0.5), at(3.5, 3.5, 0.5), 0.05);
    var image = seen("Ant-v5", new float[8], new Floor("world", 0), torso, behind, before);
    for (double turn = 0; turn < 6; turn += 0.5) {
      double x = Math.cos(turn), y = Math.sin(turn);
      assertInk(image, 300 + 20 * x, 200 + 20 * y, Inks.BLUE);
      int out = image.getRGB((int) (300 + 30 * x), (int) (200 + 30 * y));
      assertThat(out).as("outside").isNotEqualTo(Inks.BLUE.getRGB());
    }
    assertThat(meanX(image, Inks.ORANGE)).isNotNaN();
    var side = new Camera(-90, 0);
    assertThat(side.near(at(0, -1, 0))).isEqualTo(1);
    var above = new Camera(-60, 25);
    assertThat(above.up(at(0, 0, 1))).isCloseTo(Math.cos(Math.toRadians(25)), within(1e-12));
    assertThat(above.right(at(1, 0, 0))).isCloseTo(Math.cos(Math.toRadians(30)), within(1e-12));
    assertThat(above.near(at(0, 0, 1))).isCloseTo(Math.sin(Math.toRadians(25)), within(1e-12));
  }

  @Test
  void anEnvironmentWithoutAPictureSaysSo() {
    assertThatThrownBy(() -> Pictures.of("Chess-v0"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(
            "there is no picture of Chess-v0; there are those of Acrobot-v1, Ant-v5, CartPole-v1,");
  }
}
