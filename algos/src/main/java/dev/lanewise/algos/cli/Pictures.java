package dev.lanewise.algos.cli;

import dev.lanewise.engine.env.Scene.Point;
import java.util.Map;
import java.util.TreeMap;

/** The pictures there are, by the environment's id. */
final class Pictures {
  private static final Map<String, Picture> PICTURES = new TreeMap<>();

  static {
    PICTURES.put("Acrobot-v1", new AcrobotPicture());
    PICTURES.put("CartPole-v1", new CartPolePicture());
    PICTURES.put("LunarLander-v3", new LunarLanderPicture(false));
    PICTURES.put("LunarLanderContinuous-v3", new LunarLanderPicture(true));
    PICTURES.put("MountainCar-v0", new MountainCarPicture(false));
    PICTURES.put("MountainCarContinuous-v0", new MountainCarPicture(true));
    PICTURES.put("Pendulum-v1", new PendulumPicture());

    // Planar robots run along x, a step takes one over the last number of seconds.
    robot("HalfCheetah-v5", Camera.SIDE, 120, new Point(0, 0, 1), true, 20);
    robot("Hopper-v5", Camera.SIDE, 150, new Point(0, 0, 1), true, 125);
    robot("Walker2d-v5", Camera.SIDE, 150, new Point(0, 0, 1), true, 125);
    robot("InvertedPendulum-v5", Camera.SIDE, 220, new Point(0, 0, 0.4), false, 25);
    robot("InvertedDoublePendulum-v5", Camera.SIDE, 220, new Point(0, 0, 0.5), false, 20);

    robot("Swimmer-v5", Camera.TOP, 90, new Point(0, 0, 0), true, 25);
    robot("Reacher-v5", Camera.TOP, 850, new Point(0, 0, 0), false, 50);

    var oblique = new Camera(-60, 25);
    robot("Ant-v5", oblique, 110, new Point(0, 0, 0.5), true, 20);
    robot("Humanoid-v5", oblique, 150, new Point(0, 0, 0.9), true, 1 / 0.015);
    robot("HumanoidStandup-v5", oblique, 150, new Point(0, 0, 0.7), true, 1 / 0.015);
    robot("Pusher-v5", new Camera(-60, 35), 220, new Point(0.2, -0.2, -0.1), false, 20);
  }

  private static void robot(
      String id, Camera camera, double metre, Point centre, boolean follows, double perSecond) {
    PICTURES.put(id, new RobotPicture(camera, metre, centre, follows, perSecond));
  }

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
