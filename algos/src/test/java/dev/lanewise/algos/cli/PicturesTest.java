package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Where things stand in pictures of hand-given observations. */
class PicturesTest {
  private static BufferedImage drawn(String id, float[] observation, float... action)
      throws IOException {
    return Film.draw(Pictures.of(id), observation, action, 3, -1.5);
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

  @Test
  void anEnvironmentWithoutAPictureSaysSo() {
    assertThatThrownBy(() -> Pictures.of("Ant-v5"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "there is no picture of Ant-v5; there are those of Acrobot-v1, CartPole-v1,"
                + " MountainCar-v0, MountainCarContinuous-v0, Pendulum-v1");
  }
}
