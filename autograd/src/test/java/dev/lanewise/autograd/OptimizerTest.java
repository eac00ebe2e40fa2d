package dev.lanewise.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.NotFiniteException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What optimizers do around their update; the updates themselves are checked against PyTorch. */
class OptimizerTest {
  private final Device device = Device.cpu(1);
  private Parameters parameters;

  @BeforeEach
  void block() {
    parameters = Parameters.on(device, "net");
    parameters.vector("a", 3, 4);
    parameters.vector("b", 0);
  }

  @AfterEach
  void close() {
    device.close();
  }

  /** The loss ½ Σ θ² has the gradient θ, here (3, 4, 0) of norm 5. */
  private void step(Optimizer optimizer, int times) {
    try (var plan =
        device.record(
            step -> {
              var a = parameters.get("a").square().sum();
              var b = parameters.get("b").square().sum();
              optimizer.minimize(step, a.plus(b).times(0.5f));
            })) {
      for (int i = 0; i < times; i++) {
        plan.run();
      }
    }
  }

  private static SgdMomentum plain(Parameters parameters, ClipByGlobalNorm clip) {
    return SgdMomentum.of(parameters, Schedule.linear(0.5, 0.1), 0, clip);
  }

  @Test
  void withoutClipping() {
    var sgd = plain(parameters, ClipByGlobalNorm.NONE);
    step(sgd, 1);
    assertThat(sgd.gradients().get("a").toArray()).containsExactly(3, 4);
    assertThat(parameters.flat().toArray()).containsExactly(1.5f, 2, 0);
  }

  @Test
  void clippingScalesAllGradientsTogether() {
    var sgd = plain(parameters, new ClipByGlobalNorm(1));
    step(sgd, 1);
    // min(1, 1 / (5 + 1e-6)) (3, 4, 0)
    assertThat(sgd.gradients().flat().toArray())
        .containsExactly(new float[] {0.6f, 0.8f, 0}, within(1e-6f));
    assertThat(parameters.flat().toArray())
        .containsExactly(new float[] {2.7f, 3.6f, 0}, within(1e-6f));
  }

  @Test
  void aSmallGradientIsNotClipped() {
    step(plain(parameters, new ClipByGlobalNorm(5.5f)), 1);
    assertThat(parameters.flat().toArray()).containsExactly(1.5f, 2, 0);
    assertThatThrownBy(() -> new ClipByGlobalNorm(0)).hasMessageContaining("above 0, not 0");
    assertThatThrownBy(() -> new ClipByGlobalNorm(Float.NaN)).hasMessageContaining("NaN");
  }

  @Test
  void theLearningRateCanChangeBetweenReplays() {
    var sgd = plain(parameters, ClipByGlobalNorm.NONE);
    try (var plan =
        device.record(step -> sgd.minimize(step, parameters.get("a").square().sum().times(0.5f)))) {
      plan.run();
      assertThat(parameters.get("a").toArray()).containsExactly(1.5f, 2);
      sgd.anneal(0);
      plan.run();
    }
    assertThat(sgd.learningRate()).isEqualTo(0.1, within(1e-8));
    assertThat(parameters.get("a").toArray())
        .containsExactly(new float[] {1.35f, 1.8f}, within(1e-6f));
    assertThatThrownBy(() -> sgd.setLearningRate(-1))
        .hasMessage("the learning rate of net is finite and not below 0, not -1.0");
  }

  @Test
  void schedules() {
    assertThat(Schedule.constant(3).at(0.2)).isEqualTo(3);
    assertThat(Schedule.linear(2, 1).at(1)).isEqualTo(2);
    assertThat(Schedule.linear(2, 1).at(0.25)).isEqualTo(1.25);
    assertThat(Schedule.linear(2, 1).at(0)).isEqualTo(1);
  }

  @Test
  void stateIsAllThatACheckpointNeeds() {
    var adam = Adam.of(parameters, 0.1);
    step(adam, 3);
    var state = adam.state();
    assertThat(state.sequencedKeySet())
        .containsExactly("learning_rate", "first_moment", "second_moment", "step");
    assertThat(state.get("step").get()).isEqualTo(3);
    var middle = parameters.flat().toArray();
    var moments =
        List.of(state.get("first_moment").toArray(), state.get("second_moment").toArray());
    step(adam, 2);
    var end = parameters.flat().toArray();

    parameters.flat().write(middle);
    var resumed = Adam.of(parameters, 0.7);
    resumed.state().get("learning_rate").set(0, 0, 0.1);
    resumed.state().get("first_moment").write(moments.get(0));
    resumed.state().get("second_moment").write(moments.get(1));
    resumed.state().get("step").set(0, 0, 3);
    step(resumed, 2);
    assertThat(parameters.flat().toArray()).containsExactly(end);
  }

  @Test
  void aLossThatIsNotFiniteLeavesEverythingAsItWas() {
    var adam = Adam.of(parameters, 0.1);
    var factor = device.scalar("factor", 1);
    try (var plan =
        device.record(
            step ->
                adam.minimize(
                    step, parameters.get("a").times(factor).sum().log(), "train/actor_loss"))) {
      plan.run();
      var before = parameters.flat().toArray();
      factor.set(0, 0, -1);
      assertThatThrownBy(plan::run)
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("train/actor_loss");
      assertThat(parameters.flat().toArray()).containsExactly(before);
      assertThat(adam.state().get("step").get()).isEqualTo(1);
    }
  }

  @Test
  void aGradientThatIsNotFiniteLeavesTheParametersAsTheyWere() {
    // d√x/dx is infinite at 0, where √x is 0
    var adam = Adam.of(parameters, 0.1);
    try (var plan =
        device.record(
            step -> adam.minimize(step, parameters.get("b").sqrt().sum(), "train/loss"))) {
      assertThatThrownBy(plan::run)
          .isInstanceOf(NotFiniteException.class)
          .hasMessageContaining("the gradient of train/loss");
      assertThat(parameters.flat().toArray()).containsExactly(3, 4, 0);
    }
  }

  @Test
  void givenGradientsAreOneForEachParameter() {
    var sgd = plain(parameters, ClipByGlobalNorm.NONE);
    device
        .record(
            step ->
                sgd.descend(
                    step, List.of(parameters.get("a"), parameters.get("b")), "the direction"))
        .run();
    assertThat(parameters.flat().toArray()).containsExactly(1.5f, 2, 0);
    assertThatThrownBy(() -> device.record(step -> sgd.descend(step, List.of(), "the direction")))
        .hasMessage("0 gradients for the 2 parameters of net");
  }
}
