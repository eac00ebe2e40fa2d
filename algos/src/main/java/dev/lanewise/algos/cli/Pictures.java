package dev.lanewise.algos.cli;

import java.util.Map;
import java.util.TreeMap;

/** The pictures there are, by the environment's id. */
final class Pictures {
  private static final Map<String, Picture> PICTURES =
      new TreeMap<>(
          Map.of(
              "Acrobot-v1", new AcrobotPicture(),
              "CartPole-v1", new CartPolePicture(),
              "MountainCar-v0", new MountainCarPicture(false),
              "MountainCarContinuous-v0", new MountainCarPicture(true),
              "Pendulum-v1", new PendulumPicture()));

  private Pictures() {}

  /**
   * How an environment is drawn.
   *
   * @throws IllegalArgumentException if it is not
   */
  static Picture of(String id) {
    var picture = PICTURES.get(id);
    if (picture == null) {
      throw new IllegalArgumentException(
          "there is no picture of %s; there are those of %s"
              .formatted(id, String.join(", ", PICTURES.keySet())));
    }
    return picture;
  }
}
