package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.lanewise.autograd.Safetensors;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GaeTest {

  private static Tensor in(Device device, int rows, int columns, float... values) {
    var tensor = device.columns("in", rows, columns);
    tensor.write(values);
    return tensor;
  }

  @Test
  void byHand() {
    try (var device = Device.reference()) {
      // γ = ½, λ = ½; the second step is truncated with V(final) = 8, the third terminated.
      var gae =
          Gae.of(
              in(device, 4, 1, 1, 1, 1, 1),
              in(device, 4, 1, 2, 4, 6, 2),
              in(device, 1, 1, 4),
              in(device, 4, 1, 99, 8, 99, 99),
              in(device, 4, 1, 0, 0, 1, 0),
              in(device, 4, 1, 0, 1, 0, 0),
              0.5f,
              0.5f);
      // δ = 1 + ½·4 - 2, 1 + ½·8 - 4, 1 - 6, 1 + ½·4 - 2
      assertThat(device.evaluate(gae.advantages())).containsExactly(1 + 0.25f * 1, 1, -5, 1);
      assertThat(device.evaluate(gae.returns())).containsExactly(3.25f, 5, 1, 3);
    }
  }

  @Test
  void asPyTorchComputesIt() throws Exception {
    var path = Path.of(GaeTest.class.getResource("/golden/torch/gae.safetensors").toURI());
    try (var file = Safetensors.open(path);
        var device = Device.cpu(2)) {
      var gae =
          Gae.of(
              golden(file, device, "in.reward"),
              golden(file, device, "in.value"),
              golden(file, device, "in.last_value"),
              golden(file, device, "in.final_value"),
              golden(file, device, "in.terminated"),
              golden(file, device, "in.truncated"),
              0.99f,
              0.95f);
      same(device.evaluate(gae.advantages()), file.floats("out.advantage"));
      same(device.evaluate(gae.returns()), file.floats("out.returns"));
    }
  }

  private static Tensor golden(Safetensors file, Device device, String name) throws Exception {
    var shape = file.shape(name);
    int rows = shape.size() == 2 ? shape.getFirst() : 1;
    return in(device, rows, shape.getLast(), file.floats(name));
  }

  private static void same(float[] actual, float[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], within(2e-6f * (1 + Math.abs(expected[i]))));
    }
  }
}
