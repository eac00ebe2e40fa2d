package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.kernels.OutOfSlabException;
import dev.lanewise.kernels.opencl.OpenClDevices;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code --device opencl} from the command line; without a device skipped. */
class OpenClTest {
  @TempDir private Path temporary;

  @BeforeAll
  static void needsADevice() {
    OpenClDevices.missing()
        .ifPresent(
            missing -> {
              System.out.println("SKIPPED, --device opencl was not tested: " + missing);
              Assumptions.abort(missing);
            });
  }

  private Answer lanewise(String args) {
    return Answer.to(args.replace("FOLDER", temporary.resolve("run").toString()).split(" "));
  }

  @Test
  void trainsAndSaysOnWhatAndEvaluatesAnywhere() {
    var said =
        lanewise(
                "train ppo --env CartPole-v1 --device opencl --out FOLDER --steps 512"
                    + " --set n_epochs=2 --set eval_freq=256 --set n_eval_episodes=2")
            .assertDone()
            .out();
    var device = OpenClDevices.choose("");
    assertThat(said)
        .contains(
            "device    " + device.description(),
            "of " + OutOfSlabException.readable(device.memory()) + ", replay memory included",
            "done      at step 512",
            "best      return ");
    var onTheDevice = lanewise("eval FOLDER --device opencl:0 --episodes 3").assertDone().out();
    var onTheProcessor = lanewise("eval FOLDER --device cpu --episodes 3").assertDone().out();
    assertThat(onTheDevice).contains("over 3 episodes").isEqualTo(onTheProcessor);
  }

  @ParameterizedTest
  @CsvSource({"opencl:99, number 99", "opencl:nonsense, number nonsense", "opencl:-1, number -1"})
  void aDeviceThatIsNotThereIsOneSentence(String device, String part) {
    var first = OpenClDevices.all().getFirst();
    lanewise("train ppo --env CartPole-v1 --out FOLDER --device " + device)
        .assertOneSentence(
            1,
            "no OpenCL device is " + part + " or has it in its name; there are 0: " + first.name());
    assertThat(temporary.resolve("run")).doesNotExist();
  }

  @Test
  void devicesSayWhetherLargeProductsAreRounded() {
    var first = OpenClDevices.all().getFirst();
    Assumptions.assumeFalse(first.platform().equals("NVIDIA CUDA"), "it may round them");
    assertThat(lanewise("devices").assertDone().out())
        .contains("tf32      not used; -Dlanewise.opencl.tf32=true allows it for large products");
    System.setProperty("lanewise.opencl.tf32", "true");
    try {
      assertThat(lanewise("devices").assertDone().out())
          .contains("tf32      not used: " + first.platform() + " is not NVIDIA's own driver");
    } finally {
      System.clearProperty("lanewise.opencl.tf32");
    }
  }

  @Test
  void tooLittleMemoryIsOneSentenceThatNamesIt() {
    BigEnv.register();
    var device = OpenClDevices.choose("");
    lanewise("train sac --env Big-v0 --device opencl --out FOLDER")
        .assertOneSentence(
            1,
            " of memory on " + device.name() + ", which gives at most ",
            OutOfSlabException.readable(device.largestAllocation()) + " in one piece and has ",
            OutOfSlabException.readable(device.memory()) + ", ",
            " of it taken; make it smaller");
  }

  @Test
  void aLostDeviceEndsTheRunWithItsCheckpointIntact() {
    LosingEnv.register();
    lanewise(
            "train sac --env Losing-v0 --device opencl --out FOLDER --steps 200 --set net_arch=16"
                + " --set learning_starts=50 --set save_freq=60 --set eval_freq=1000")
        .assertOneSentence(
            1,
            "the run ended after step ",
            OpenClDevices.choose("").name()
                + " computes no more: its driver answers CL_INVALID_COMMAND_QUEUE; ",
            temporary.resolve("run") + "/last.safetensors still holds step 60");
    assertThat(lanewise("train --resume FOLDER").assertDone().out())
        .contains("resumed   at step 60", "done      at step 200");
  }

  @Test
  void aPlanSaysWhatTookItsTime() {
    try (var device = Device.openCl("")) {
      var x = device.columns("x", 200, 30);
      var y = device.columns("y", 200, 30);
      try (var plan =
          device.record(
              step -> {
                step.assign(y, x.tanh());
                step.report("mean", y.mean());
              })) {
        plan.measure(true);
        for (int i = 0; i < 20; i++) {
          plan.run();
        }
        var lines = plan.explain().lines().toList();
        assertThat(lines.getFirst()).contains("instructions in", "phases");
        assertThat(lines.get(1)).contains("op", "shape", "memory", "us", "share");
        assertThat(lines).anyMatch(line -> line.contains("tanh"));
        double shares =
            lines.stream()
                .skip(2)
                .mapToDouble(line -> Double.parseDouble(line.replaceAll(".* ([0-9.]+) ?%$", "$1")))
                .sum();
        assertThat(shares).as(plan.explain()).isBetween(99.0, 101.0);
      }
    }
  }
}
