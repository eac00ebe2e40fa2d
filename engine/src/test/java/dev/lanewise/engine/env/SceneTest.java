package dev.lanewise.engine.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a viewer is shown, and when. */
class SceneTest {
  private Device device;

  @BeforeEach
  void open() {
    device = Device.cpu(2);
  }

  @AfterEach
  void close() {
    device.close();
  }

  /** An environment, or none and a line why. */
  private BatchedEnv make(String id, int n) {
    Environments.missing(id)
        .ifPresent(
            why -> {
              System.out.println("SceneTest of " + id + " is left out: " + why);
              Assumptions.abort(why);
            });
    return Environments.make(id, device, n);
  }

  private static Scene.Polygon polygon(Scene scene, String part) {
    return scene.shapes().stream()
        .filter(shape -> shape.part().equals(part))
        .map(Scene.Polygon.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /** Of its bottom edge, which is 10 pixels of 1/30 m below the origin that is observed. */
  private static void assertHullAsObserved(Scene scene, double x, double y, double angle) {
    var corners = polygon(scene, "hull").corners();
    var right = corners.getFirst();
    var left = corners.getLast();
    double tilt = Math.atan2(right.z() - left.z(), right.x() - left.x());
    assertThat(Math.IEEEremainder(tilt - angle, 2 * Math.PI)).isCloseTo(0, within(1e-4));
    double middleX = (right.x() + left.x()) / 2 - Math.sin(angle) * 10 / 30;
    double middleZ = (right.z() + left.z()) / 2 + Math.cos(angle) * 10 / 30;
    assertThat(middleX).isCloseTo(10 + 10 * x, within(1e-4));
    assertThat(middleZ).isCloseTo(400 / 30.0 / 4 + 18 / 30.0 + 20 / 3.0 * y, within(1e-4));
  }

  @Test
  void aLanderIsShownAsItIsObservedAndBothAtAnEpisodesEnd() {
    try (var env = make("LunarLander-v3", 20)) {
      var shown = new ArrayList<Scene>();
      env.watch(17, shown::add);
      env.reset(1);
      env.action().fill(3);
      int expected = 1;
      for (int t = 0; t < 200; t++) {
        env.step();
        boolean over = env.terminated().get(17, 0) != 0;
        expected += over ? 2 : 1;
        assertThat(shown).hasSize(expected);
        var last = shown.get(expected - (over ? 2 : 1));
        var seen = env.finalObservation();
        assertHullAsObserved(last, seen.get(17, 0), seen.get(17, 1), seen.get(17, 4));
        var next = env.observation();
        assertHullAsObserved(shown.getLast(), next.get(17, 0), next.get(17, 1), next.get(17, 4));
      }
      assertThat(expected).as("episodes that ended").isGreaterThan(202);
      env.truncate(17);
      assertThat(shown).hasSize(expected + 1);
    }
  }

  @Test
  void aLandersPadIsFlatBetweenItsFlags() {
    try (var env = make("LunarLanderContinuous-v3", 1)) {
      var shown = new ArrayList<Scene>();
      env.watch(0, shown::add);
      env.reset(5);
      var flags =
          shown.getFirst().shapes().stream()
              .filter(Scene.Mark.class::isInstance)
              .map(shape -> ((Scene.Mark) shape).at())
              .toList();
      assertThat(flags).extracting(Scene.Point::x).containsExactly(8.0, 12.0);
      assertThat(flags).allSatisfy(p -> assertThat(p.z()).isCloseTo(3.3, within(1e-6)));
      assertThat(polygon(shown.getFirst(), "moon").corners())
          .hasSize(13)
          .containsAll(flags)
          .contains(new Scene.Point(0, 0, 0), new Scene.Point(20, 0, 0));
    }
  }

  @ParameterizedTest
  @CsvSource({"LunarLander-v3, 1", "Hopper-v5, 0.5", "Pendulum-v1, 1"})
  void lookingChangesNothing(String id, double action) {
    try (var env = make(id, 3);
        var other = make(id, 3)) {
      var shown = new ArrayList<Scene>();
      env.reset(9);
      other.reset(9);
      for (int t = 0; t < 300; t++) {
        if (t == 10) {
          env.watch(1, shown::add);
        }
        env.action().fill(action);
        other.action().fill(action);
        env.step();
        other.step();
        assertThat(env.observation().toArray()).isEqualTo(other.observation().toArray());
        assertThat(env.reward().toArray()).isEqualTo(other.reward().toArray());
      }
      assertThat(shown).hasSizeGreaterThanOrEqualTo(290);
    }
  }

  /** The cart is a capsule from 0.1 m left of its place to 0.1 m right of it. */
  @Test
  void aRobotIsShownWhereTheStepLedIt() {
    try (var env = make("InvertedPendulum-v5", 2)) {
      var shown = new ArrayList<Scene>();
      env.watch(0, shown::add);
      env.reset(2);
      env.action().fill(3);
      for (int t = 0; t < 50; t++) {
        env.step();
        boolean over = env.terminated().get(0, 0) != 0;
        var end = (Scene.Capsule) shown.get(shown.size() - (over ? 2 : 1)).shapes().getFirst();
        double x = env.finalObservation().get(0, 0), angle = env.finalObservation().get(0, 1);
        assertThat(List.of(end.from().x(), end.to().x()))
            .satisfiesExactlyInAnyOrder(
                at -> assertThat(at).isCloseTo(x - 0.1, within(1e-6)),
                at -> assertThat(at).isCloseTo(x + 0.1, within(1e-6)));
        var pole = (Scene.Capsule) shown.get(shown.size() - (over ? 2 : 1)).shapes().getLast();
        assertThat(pole.part()).isEqualTo("pole");
        assertThat(pole.to().z()).isCloseTo(0.6 * Math.cos(angle), within(1e-3));
        assertThat(pole.to().x() - x).isCloseTo(0.6 * Math.sin(angle), within(2e-3));
      }
      assertThat(shown).as("with episodes that ended").hasSizeGreaterThan(55);
    }
  }

  /** Of three steps to an action each is shown, but none after the end. */
  @Test
  void anEnvironmentThatIsHeldIsNotShown() {
    try (var env = new ActionRepeat(make("LunarLander-v3", 2), 3)) {
      var shown = new ArrayList<Scene>();
      env.watch(1, shown::add);
      env.reset(1);
      int expected = 1;
      int ends = 0;
      for (int t = 0; t < 60; t++) {
        env.action().fill(0);
        int before = shown.size();
        env.step();
        if (env.terminated().get(1, 0) == 0) {
          expected += 3;
          assertThat(shown).hasSize(expected);
        } else {
          ends++;
          assertThat(shown.size() - before).isBetween(2, 4);
          expected = shown.size();
        }
      }
      assertThat(ends).isPositive();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2})
  void whoIsNotThereCannotBeWatched(int i) {
    try (var env = make("Pendulum-v1", 2)) {
      assertThatThrownBy(() -> env.watch(i, scene -> {}))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }
}
