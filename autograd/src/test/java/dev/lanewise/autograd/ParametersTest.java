package dev.lanewise.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.autograd.Mlp.Style;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.RandomStream;
import dev.lanewise.engine.ShapeException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Blocks of parameters, the networks in them, and their first values. */
class ParametersTest {
  private final Device device = Device.cpu(1);

  @AfterEach
  void close() {
    device.close();
  }

  @Test
  void aBlockIsContiguousInTheOrderOfItsParameters() {
    var block = Parameters.on(device, "net");
    var weight = block.matrix("0.weight", 2, 3, 1, 2, 3, 4, 5, 6);
    var bias = block.vector("0.bias", 7, 8);
    assertThat(block.names()).containsExactly("0.weight", "0.bias");
    assertThat(block.tensors()).containsExactly(weight, bias);
    assertThat(block.get("0.bias")).isSameAs(bias);
    assertThat(block.shape("0.weight")).isEqualTo(List.of(2, 3));
    assertThat(block.shape("0.bias")).isEqualTo(List.of(2));
    assertThat(block.size()).isEqualTo(8);
    assertThat(block.flat().toArray()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8);
    assertThat(weight.get(1, 0)).isEqualTo(4);
    bias.set(0, 1, 9);
    assertThat(block.flat().get(0, 7)).isEqualTo(9);
  }

  @Test
  void mistakesAreNamed() {
    var block = Parameters.on(device, "net");
    block.vector("a", 1);
    assertThatThrownBy(() -> block.vector("a", 2)).hasMessage("net has a parameter a already");
    assertThatThrownBy(() -> block.get("b")).hasMessage("net has no parameter b; it has a");
    assertThatThrownBy(() -> block.matrix("c", 2, 2, 1, 2, 3))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("3 values");
    var other = Parameters.on(device, "other");
    other.vector("a", 1, 2);
    assertThatThrownBy(() -> block.copyFrom(other))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("net and other are not laid out alike");
  }

  @Test
  void aTargetIsACopyWithOtherNamesThatFollows() {
    var random = RandomStream.of(1);
    var critic = Parameters.on(device, "critic");
    var q1 = Mlp.of(critic, "q1", Activation.RELU, random, 3, 4, 1);
    var target = critic.copy("target", name -> name.replace("q1.", "q1_target."));
    assertThat(target.names())
        .containsExactly(
            "q1_target.0.weight", "q1_target.0.bias", "q1_target.1.weight", "q1_target.1.bias");
    assertThat(target.flat().toArray()).containsExactly(critic.flat().toArray());

    var q1Target = q1.in(target, "q1_target");
    assertThat(q1Target.layers().get(1).weight()).isSameAs(target.get("q1_target.1.weight"));

    var before = critic.flat().toArray();
    critic.flat().fill(2);
    assertThat(target.flat().toArray()).containsExactly(before);
    try (var plan = device.record(step -> target.polyak(step, critic, 0.25f))) {
      plan.run();
    }
    var after = target.flat().toArray();
    for (int i = 0; i < before.length; i++) {
      assertThat(after[i]).isEqualTo(before[i] + 0.25f * (2 - before[i]), within(1e-6f));
    }
  }

  @Test
  void anMlpAddsItsParametersAsPyTorchNamesThem() {
    var block = Parameters.on(device, "net");
    var mlp =
        Mlp.of(block, "actor", Style.of(Activation.TANH).normalised(), RandomStream.of(1), 3, 5, 2);
    assertThat(block.names())
        .containsExactly(
            "actor.0.weight",
            "actor.0.bias",
            "actor.0.norm.weight",
            "actor.0.norm.bias",
            "actor.1.weight",
            "actor.1.bias");
    assertThat(block.get("actor.0.weight").shape()).isEqualTo("(5, 3)");
    assertThat(block.get("actor.0.norm.weight").toArray()).containsOnly(1);
    var x = device.columns("x", 4, 3);
    assertThat(mlp.forward(x).shape()).isEqualTo("(4, 2)");
    assertThat(mlp.forward(x.columns(0, 2), x.columns(2, 3)).shape()).isEqualTo("(4, 2)");
    assertThatThrownBy(() -> Mlp.of(block, "x", Activation.RELU, RandomStream.of(1), 3))
        .hasMessage("x needs at least two sizes: its inputs and its outputs");
  }

  @Test
  void firstValuesDependOnSeedAndNameAlone() {
    var one = Parameters.on(device, "one");
    var two = Parameters.on(device, "two");
    Mlp.of(one, "a", Activation.RELU, RandomStream.of(1), 3, 4, 1);
    Mlp.of(one, "b", Activation.RELU, RandomStream.of(1), 3, 4, 1);
    Mlp.of(two, "b", Activation.RELU, RandomStream.of(1), 3, 4, 1);
    assertThat(one.get("b.0.weight").toArray()).containsExactly(two.get("b.0.weight").toArray());
    assertThat(one.get("a.0.weight").toArray()).isNotEqualTo(one.get("b.0.weight").toArray());
    var other = Parameters.on(device, "other");
    Mlp.of(other, "b", Activation.RELU, RandomStream.of(2), 3, 4, 1);
    assertThat(other.get("b.0.weight").toArray()).isNotEqualTo(two.get("b.0.weight").toArray());
  }

  // --- initializers

  private static HostDraws draws() {
    return new HostDraws(RandomStream.of(5).stream("test"));
  }

  @Test
  void uniformFillsItsInterval() {
    var weight = Initializer.uniform().weight(100, 64, draws());
    assertThat(mean(weight)).isEqualTo(0, within(5 * 0.125 / Math.sqrt(3 * 6400)));
    assertThat(meanSquare(weight)).isEqualTo(0.125 * 0.125 / 3, within(2e-4));
    for (float w : weight) {
      assertThat(Math.abs(w)).isLessThanOrEqualTo(0.125f);
    }
    for (float b : Initializer.uniform().bias(100, 64, draws())) {
      assertThat(Math.abs(b)).isLessThanOrEqualTo(0.125f);
    }
  }

  @Test
  void normalHasItsDeviationAndNoBias() {
    var weight = Initializer.normal(0.5).weight(100, 100, draws());
    assertThat(mean(weight)).isEqualTo(0, within(5 * 0.5 / 100));
    assertThat(meanSquare(weight)).isEqualTo(0.25, within(5 * 0.25 * Math.sqrt(2) / 100));
    assertThat(Initializer.normal(1).bias(3, 7, draws())).containsExactly(0, 0, 0);
    assertThat(Initializer.constant(0.5).weight(1, 2, draws())).containsExactly(0.5f, 0.5f);
  }

  @Test
  void orthogonalRowsOrColumnsAreOrthonormalTimesTheGain() {
    for (var shape : List.of(List.of(5, 9), List.of(9, 5), List.of(6, 6), List.of(1, 4))) {
      int out = shape.get(0), in = shape.get(1);
      var weight = Initializer.orthogonal(2).weight(out, in, draws());
      boolean wide = out < in;
      int few = Math.min(out, in), many = Math.max(out, in);
      for (int i = 0; i < few; i++) {
        for (int j = 0; j < few; j++) {
          double dot = 0;
          for (int k = 0; k < many; k++) {
            dot +=
                wide
                    ? (double) weight[i * in + k] * weight[j * in + k]
                    : (double) weight[k * in + i] * weight[k * in + j];
          }
          assertThat(dot).isEqualTo(i == j ? 4 : 0, within(1e-5));
        }
      }
    }
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private static double meanSquare(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += (double) value * value;
    }
    return sum / values.length;
  }
}
