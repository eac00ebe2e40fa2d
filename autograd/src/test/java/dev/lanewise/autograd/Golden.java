package dev.lanewise.autograd;

import static org.assertj.core.api.Assertions.assertThat;

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
 * A file of PyTorch's own numbers: inputs {@code in.*}, results {@code out.*}. All shapes come from
 * the file. A test gives the results that it computes one by one and then {@linkplain #check
 * checks} them all: it fails if one of the file's results was not computed.
 */
final class Golden implements AutoCloseable {
  final Device device;
  private final double tolerance;
  private final Safetensors file;
  private final Map<String, Tensor> results = new LinkedHashMap<>();

  private Golden(Safetensors file, TestDevice on) {
    this.file = file;
    this.tolerance = on.tolerance;
    this.device = on.open();
  }

  static Golden open(String name, TestDevice on) {
    try {
      return new Golden(Safetensors.open(path(name)), on);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Path path(String name) {
    try {
      return Path.of(Golden.class.getResource("/golden/torch/" + name + ".safetensors").toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A stored tensor with the input's numbers; a vector becomes a column. */
  Tensor in(String name) {
    var values = floats("in." + name);
    int columns = rank(name) == 2 ? values.length / rows(name) : 1;
    var tensor = device.columns(name, values.length / columns, columns);
    tensor.write(values);
    return tensor;
  }

  /** A stored tensor with the input's numbers, row by row; a vector becomes a row. */
  Tensor dense(String name) {
    var values = floats("in." + name);
    int rows = rank(name) == 2 ? rows(name) : 1;
    var tensor = device.dense(name, rows, values.length / rows);
    tensor.write(values);
    return tensor;
  }

  /** A block of all parameters whose names begin with one of these. */
  Parameters parameters(String... prefixes) {
    var block = Parameters.on(device, String.join(" ", prefixes));
    for (var prefix : prefixes) {
      for (var name : file.names().stream().sorted().toList()) {
        if (name.startsWith("in." + prefix)) {
          add(block, name.substring("in.".length()));
        }
      }
    }
    return block;
  }

  private void add(Parameters block, String name) {
    var values = floats("in." + name);
    if (rank(name) == 2) {
      block.matrix(name, rows(name), values.length / rows(name), values);
    } else {
      block.vector(name, values);
    }
  }

  /** A value that the file has as {@code out.name}, to be computed and compared. */
  void result(String name, Tensor value) {
    results.put(name, value);
  }

  /** The gradients of a loss, to be compared with {@code out.<prefix><parameter>}. */
  void gradients(String prefix, Tensor loss, Parameters parameters) {
    var gradients = Gradients.of(loss, parameters.tensors());
    for (int i = 0; i < gradients.size(); i++) {
      result(prefix + parameters.names().get(i), gradients.get(i));
    }
  }

  /** Computes everything in one plan and compares it. */
  void check() {
    var outputs = new LinkedHashMap<String, Tensor>();
    try (var plan =
        device.record(
            step ->
                results.forEach(
                    (name, value) -> {
                      var output = device.dense(name, value.rows(), value.columns());
                      step.assign(output, value);
                      outputs.put(name, output);
                    }))) {
      plan.run();
      outputs.forEach((name, output) -> compare(name, output.toArray()));
    }
    assertAllCompared();
  }

  void compare(String name, float[] actual) {
    var expected = floats("out." + name);
    assertThat(actual).as(name).hasSameSizeAs(expected);
    double scale = 1e-6;
    for (float value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs((double) actual[i] - expected[i]) / scale;
      assertThat(error)
          .as("%s[%d] is %s instead of %s", name, i, actual[i], expected[i])
          .isLessThan(tolerance);
    }
  }

  private void assertAllCompared() {
    var missing = new TreeSet<String>();
    file.names().stream().filter(n -> n.startsWith("out.")).forEach(missing::add);
    results.keySet().forEach(name -> missing.remove("out." + name));
    assertThat(missing).as("results that were not computed").isEmpty();
  }

  float[] floats(String name) {
    try {
      return file.floats(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int rank(String name) {
    try {
      return file.shape("in." + name).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int rows(String name) {
    try {
      return file.shape("in." + name).getFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    device.close();
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
