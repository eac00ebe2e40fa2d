package dev.lanewise.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.lanewise.engine.Axis;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Op;
import dev.lanewise.engine.ShapeException;
import dev.lanewise.engine.Tensor;
import dev.lanewise.kernels.Unary;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which tensors get which gradients, and in what form. */
class GradientsTest {
  private final Device device = Device.reference();

  @AfterEach
  void close() {
    device.close();
  }

  private Tensor dense(int rows, int columns, float... values) {
    var tensor = device.dense("x", rows, columns);
    tensor.write(values);
    return tensor;
  }

  private float[] gradient(Tensor loss, Tensor x) {
    return device.evaluate(Gradients.of(loss, List.of(x)).getFirst());
  }

  @Test
  void handWorked() {
    // L = Σ (x W - t)², x = (1, 2), W = (3, 4)ᵀ, t = 10: L = 1, dL/dW = 2 (11 - 10) xᵀ
    var x = dense(1, 2, 1, 2);
    var w = dense(2, 1, 3, 4);
    var loss = x.matmul(w).minus(10).square().sum();
    assertThat(gradient(loss, w)).containsExactly(2, 4);
    assertThat(gradient(loss, x)).containsExactly(6, 8);
  }

  @Test
  void usesAddUp() {
    var x = dense(1, 1, 3);
    assertThat(gradient(x.times(x).plus(x).plus(x.exp().log()).sum(), x)[0]).isEqualTo(8f);
  }

  @Test
  void theSameParameterFetchedTwiceIsOne() {
    var block = device.storage("block");
    block.append(1, 2);
    var x = block.append(1, 2, new float[] {3, 4});
    var again = block.twin(x);
    assertThat(gradient(x.times(again).sum(), x)).containsExactly(6, 8);
    assertThat(gradient(x.times(again).sum(), again)).containsExactly(6, 8);
  }

  @Test
  void computedTensorsCanBeWanted() {
    var x = dense(1, 2, 3, 4);
    var y = x.square();
    var gradients = Gradients.of(y.times(y).sum(), List.of(y, x));
    assertThat(device.evaluate(gradients.get(0))).containsExactly(18, 32);
    assertThat(device.evaluate(gradients.get(1))).containsExactly(108, 256);
  }

  @Test
  void zerosWhereTheLossDoesNotDepend() {
    var x = dense(1, 2, 3, 4);
    var other = dense(3, 2, 1, 2, 3, 4, 5, 6);
    assertThat(gradient(x.sum(), other)).containsExactly(0, 0, 0, 0, 0, 0);
    assertThat(gradient(x.sum().plus(other.stopGradient().sum()), other))
        .hasSize(6)
        .containsOnly(0);
  }

  @Test
  void aSeedWeighsTheOutputs() {
    var x = dense(1, 3, 1, 2, 3);
    var seed = dense(1, 3, 10, 0, -1);
    var gradient = Gradients.of(x.square(), seed, List.of(x)).getFirst();
    assertThat(device.evaluate(gradient)).containsExactly(20, 0, -6);
  }

  @Test
  void aHessianVectorProductByHand() {
    // L = x₀² x₁: H = ((2 x₁, 2 x₀), (2 x₀, 0)); at (3, 5) times (1, 2): (22, 6)
    var x = dense(1, 2, 3, 5);
    var loss = x.columns(0, 1).square().times(x.columns(1, 2)).sum();
    var product = Gradients.product(loss, List.of(x), List.of(dense(1, 2, 1, 2)));
    assertThat(device.evaluate(product.getFirst())).containsExactly(22, 6);
  }

  @Test
  void mistakesAreNamed() {
    var x = dense(2, 2, 1, 2, 3, 4);
    assertThatThrownBy(() -> Gradients.of(x, List.of(x)))
        .isInstanceOf(ShapeException.class)
        .hasMessage(
            "gradients are of a (1, 1) loss, not of (2, 2); take its mean() or sum(), or give a"
                + " seed");
    assertThatThrownBy(() -> Gradients.of(x, dense(1, 1, 1), List.of(x)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("(1, 1)");
    assertThatThrownBy(() -> Gradients.product(x.sum(), List.of(x), List.of(dense(1, 2, 1, 2))))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("(1, 2)");
  }

  @Test
  void aBlockThatIsReadPieceByPieceIsRefused() {
    var parameters = Parameters.on(device, "actor");
    var weight = parameters.matrix("weight", 1, 2, 1, 2);
    assertThatThrownBy(
            () ->
                Gradients.of(
                    weight.sum(), List.of(parameters.matrix("b", 1, 1, 1), parameters.flat())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("of actor overlaps");
  }

  @Test
  void aLongChainNeedsNoDeepStack() {
    var x = dense(1, 1, 1);
    var y = x;
    for (int i = 0; i < 20_000; i++) {
      y = y.plus(x);
    }
    assertThat(Gradients.of(y, List.of(x))).hasSize(1);
  }

  // --- the form that the engine's fused kernels are made for

  @Test
  void aLayersWeightGradientIsOneProductInTheShapeOfTheWeight() {
    var x = dense(4, 2, 1, 2, 3, 4, 5, 6, 7, 8);
    var weight = dense(3, 2, 1, 2, 3, 4, 5, 6);
    var y = x.matmul(weight.transpose());
    var seed = dense(4, 3, new float[12]);
    var gradient = Gradients.of(y, seed, List.of(weight)).getFirst();
    assertThat(gradient.op()).isEqualTo(new Op.MatMul());
    assertThat(gradient.inputs().get(0).op()).isEqualTo(new Op.Transpose());
    assertThat(gradient.inputs().get(0).inputs().get(0)).isSameAs(seed);
    assertThat(gradient.inputs().get(1)).isSameAs(x);
    var byInput = Gradients.of(y, seed, List.of(x)).getFirst();
    assertThat(byInput.inputs()).containsExactly(seed, weight);
  }

  @Test
  void reluIsGatedByTheStepOfItsOutput() {
    var x = dense(1, 2, 1, -1);
    var y = x.relu();
    var seed = dense(1, 2, 1, 1);
    var gradient = Gradients.of(y, seed, List.of(x)).getFirst();
    assertThat(gradient.inputs().get(0)).isSameAs(seed);
    assertThat(gradient.inputs().get(1).op()).isEqualTo(new Op.Map(Unary.STEP));
    assertThat(gradient.inputs().get(1).inputs().get(0)).isSameAs(y);
  }

  @Test
  void slicesThatDivideATensorUpGiveOneConcatenation() {
    var x = dense(2, 4, 1, 2, 3, 4, 5, 6, 7, 8);
    var y = x.exp();
    var loss = y.columns(2, 4).times(y.columns(0, 2).square()).sum();
    var gradient = Gradients.of(loss, List.of(y)).getFirst();
    assertThat(gradient.op()).isEqualTo(new Op.Concat(Axis.FEATURES));
    assertThat(gradient.inputs()).hasSize(2);
    assertThat(operationsIn(gradient)).doesNotContain(Op.Broadcast.class.getName());
  }

  private static Set<String> operationsIn(Tensor y) {
    var found = new HashSet<String>();
    y.inputs().forEach(x -> found.add(x.op().toString()));
    return found;
  }
}
