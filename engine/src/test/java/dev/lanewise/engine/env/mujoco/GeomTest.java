package dev.lanewise.engine.env.mujoco;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.env.Scene;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Where the shapes of all robots are against MuJoCo's own {@code geom_xpos}, {@code geom_xmat} and
 * {@code geom_size} (2.2.2, a program in C), with joint j at its initial position + 0.1 sin(j + 1).
 */
class GeomTest {
  private static final double TOLERANCE = 1e-8;

  @BeforeAll
  static void installed() {
    Installed.assume(GeomTest.class);
  }

  private static Map<String, List<String[]>> golden() throws IOException {
    try (var in = GeomTest.class.getResourceAsStream("/golden/mujoco/geoms.csv")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split(","))
          .collect(Collectors.groupingBy(cells -> cells[0]));
    }
  }

  @Test
  void everyShapeIsWhereMujocoHasIt() throws IOException {
    var golden = golden();
    assertThat(golden).hasSize(Mujoco.TASKS.size());
    try (var threads = new Steppers(1)) {
      var release = Release.of(threads);
      for (var task : Mujoco.TASKS) {
        var file = task.model().file();
        var geoms = Geom.of(file);
        var rows = golden.get(file);
        assertThat(geoms).hasSameSizeAs(rows);
        threads.run(
            1,
            item -> {
              long model = Mj.load(file, release.marginsAdd());
              var s = new Simulation(model, task.model(), release);
              place(s);
              for (int g = 0; g < rows.size(); g++) {
                assertShape(geoms.get(g), geoms.get(g).shape(s), rows.get(g));
              }
              s.delete();
              Mj.deleteModel(model);
            });
      }
    }
  }

  private static void place(Simulation s) {
    var qpos = new double[s.nq()];
    for (int j = 0; j < qpos.length; j++) {
      qpos[j] = s.q(j) + 0.1 * Math.sin(j + 1);
    }
    s.place(qpos, new double[s.nv()]);
  }

  private static void assertShape(Geom geom, Scene.Shape shape, String[] row) {
    assertThat(geom.type()).isEqualTo(row[2]);
    var what = "%s %s".formatted(row[0], shape);
    switch (shape) {
      case Scene.Floor(_, double z) -> assertThat(z).isEqualTo(number(row, 5));
      case Scene.Capsule(_, var a, var b, double radius) -> {
        assertEnds(what, a, b, row);
        assertThat(radius).isEqualTo(number(row, 9));
      }
      case Scene.Cylinder(_, var a, var b, double radius) -> {
        assertEnds(what, a, b, row);
        assertThat(radius).isEqualTo(number(row, 9));
      }
      default -> throw new AssertionError(what);
    }
  }

  /** In one order or the other: MuJoCo turns some around. */
  private static void assertEnds(String what, Scene.Point a, Scene.Point b, String[] row) {
    double straight = distance(a, row, 3) + distance(b, row, 6);
    double turned = distance(b, row, 3) + distance(a, row, 6);
    assertThat(Math.min(straight, turned)).as(what).isLessThan(TOLERANCE);
  }

  private static double distance(Scene.Point p, String[] row, int at) {
    double x = p.x() - number(row, at), y = p.y() - number(row, at + 1);
    return Math.hypot(Math.hypot(x, y), p.z() - number(row, at + 2));
  }

  private static double number(String[] row, int at) {
    return Double.parseDouble(row[at]);
  }

  @Test
  void piecesHaveTheirBodysName() {
    assertThat(Geom.of("walker2d.xml"))
        .extracting(Geom::part)
        .containsExactly(
            "world",
            "torso",
            "right_thigh",
            "right_leg",
            "right_foot",
            "left_thigh",
            "left_leg",
            "left_foot");
    assertThat(Geom.of("pusher.xml")).extracting(Geom::part).contains("object", "goal");
  }
}
