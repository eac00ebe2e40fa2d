package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.autograd.Gradients;
import dev.lanewise.autograd.Parameters;
import dev.lanewise.autograd.Safetensors;
import dev.lanewise.engine.Device;
import dev.lanewise.engine.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * A file of PyTorch's own numbers: inputs {@code in.*}, results {@code out.*}. A test gives the
 * results that it computes and then {@linkplain #check checks} them all: it fails if one of the
 * file's results was not computed.
 */
final class Golden implements AutoCloseable {
  /** Where it is computed; the largest error is relative to the tensor's largest number. */
  enum On {
    REFERENCE(1e-6),
    CPU_1(1e-5),
    CPU_2(1e-5);

    private final double tolerance;

    On(double tolerance) {
      this.tolerance = tolerance;
    }

    private Device open() {
      return switch (this) {
        case REFERENCE -> Device.reference();
        case CPU_1 -> Device.cpu(1);
        case CPU_2 -> Device.cpu(2);
      };
    }
  }

  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, Integer> columns = new LinkedHashMap<>();
  private final Map<String, Tensor> results = new LinkedHashMap<>();
  private final double tolerance;
  final Device device;

  Golden(String name, On on) {
    tolerance = on.tolerance;
    device = on.open();
    try {
      var resource = Golden.class.getResource("/golden/torch/" + name + ".safetensors");
      try (var file = Safetensors.open(Path.of(resource.toURI()))) {
        for (var tensor : new TreeSet<>(file.names())) {
          values.put(tensor, file.floats(tensor));
          columns.put(tensor, file.shape(tensor).size() == 2 ? file.shape(tensor).getLast() : 0);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An input; a vector becomes a column. */
  Tensor in(String name) {
    var numbers = values.get("in." + name);
    int width = Math.max(1, columns.get("in." + name));
    var tensor = device.columns(name, numbers.length / width, width);
    tensor.write(numbers);
    return tensor;
  }

  /** A block of all parameters whose names begin with one of these. */
  Parameters parameters(String... prefixes) {
    var block = Parameters.on(device, String.join(" ", prefixes));
    for (var prefix : prefixes) {
      for (var key : values.keySet()) {
        if (key.startsWith("in." + prefix)) {
          var name = key.substring("in.".length());
          var numbers = values.get(key);
          int width = columns.get(key);
          if (width == 0) {
            block.vector(name, numbers);
          } else {
            block.matrix(name, numbers.length / width, width, numbers);
          }
        }
      }
    }
    return block;
  }

  /** A value that the file has as {@code out.name}. */
  void result(String name, Tensor value) {
    results.put(name, value);
  }

  /** The gradients of a loss, which the file has as {@code out.<prefix><parameter>}. */
  void gradients(String prefix, Tensor loss, Parameters parameters) {
    var gradients = Gradients.of(loss, parameters.tensors());
    for (int i = 0; i < gradients.size(); i++) {
      result(prefix + parameters.names().get(i), gradients.get(i));
    }
  }

  void check() {
    results.forEach((name, value) -> compare(name, device.evaluate(value)));
    var missing = new TreeSet<String>();
    values.keySet().stream().filter(n -> n.startsWith("out.")).forEach(missing::add);
    results.keySet().forEach(name -> missing.remove("out." + name));
    assertThat(missing).as("results that were not computed").isEmpty();
  }

  private void compare(String name, float[] actual) {
    var expected = values.get("out." + name);
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double scale = 1e-6;
    for (float value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      assertThat(Math.abs((double) actual[i] - expected[i]) / scale)
          .as("%s[%d] is %s instead of %s", name, i, actual[i], expected[i])
          .isLessThan(tolerance);
    }
  }

  @Override
  public void close() {
    device.close();
  }
}
