package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.lanewise.engine.Device;
import dev.lanewise.engine.env.Environments;
import dev.lanewise.engine.env.Scene;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.metadata.IIOMetadataNode;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

/** {@code lanewise watch}: what is in the files it writes. */
class WatchTest {
  @TempDir private Path folder;

  /** A GIF as a viewer shows it: each frame over the one before. */
  private record Shown(List<BufferedImage> frames, List<Integer> centiseconds, boolean loops) {
    static Shown of(Path file) throws IOException {
      var reader = ImageIO.getImageReadersByFormatName("gif").next();
      var frames = new ArrayList<BufferedImage>();
      var times = new ArrayList<Integer>();
      boolean loops = false;
      try (var stream = ImageIO.createImageInputStream(file.toFile())) {
        reader.setInput(stream);
        int count = reader.getNumImages(true);
        BufferedImage before = null;
        for (int k = 0; k < count; k++) {
          var root = (Element) reader.getImageMetadata(k).getAsTree("javax_imageio_gif_image_1.0");
          var at = first(root, "ImageDescriptor");
          var part = reader.read(k);
          var frame =
              before == null
                  ? new BufferedImage(part.getWidth(), part.getHeight(), BufferedImage.TYPE_INT_RGB)
                  : copy(before);
          frame
              .createGraphics()
              .drawImage(
                  part, number(at, "imageLeftPosition"), number(at, "imageTopPosition"), null);
          times.add(number(first(root, "GraphicControlExtension"), "delayTime"));
          var extension = root.getElementsByTagName("ApplicationExtension");
          loops |=
              extension.getLength() > 0
                  && ((IIOMetadataNode) extension.item(0))
                      .getAttribute("applicationID")
                      .equals("NETSCAPE");
          assertThat(root.getElementsByTagName("LocalColorTable").getLength()).isZero();
          frames.add(frame);
          before = frame;
        }
      } finally {
        reader.dispose();
      }
      return new Shown(frames, times, loops);
    }

    private static Element first(Element root, String name) {
      return (Element) root.getElementsByTagName(name).item(0);
    }

    private static int number(Element element, String attribute) {
      return Integer.parseInt(element.getAttribute(attribute));
    }
  }

  private static BufferedImage copy(BufferedImage image) {
    var copy = new BufferedImage(image.getWidth(), image.getHeight(), BufferedImage.TYPE_INT_RGB);
    copy.createGraphics().drawImage(image, 0, 0, null);
    return copy;
  }

  @Test
  void randomEpisodes() throws IOException {
    var file = folder.resolve("a.gif");
    var frames = folder.resolve("frames");
    var answer =
        Answer.to(
                "watch --env Pendulum-v1 --random --episodes 2 --seed 3 --out %s --frames %s"
                    .formatted(file, frames)
                    .split(" "))
            .assertDone();
    assertThat(answer.out().lines()).hasSize(3);
    assertThat(answer.out())
        .contains("truncated after 200 steps", "picture   " + file + ", 402 frames, ");
    assertThat(Files.size(file)).as("bytes of two episodes").isLessThan(1_000_000);

    var shown = Shown.of(file);
    assertThat(shown.frames).hasSize(402);
    assertThat(shown.loops).isTrue();
    for (int k = 0; k < 402; k++) {
      assertThat(shown.centiseconds.get(k)).isEqualTo(k % 201 == 200 ? 100 : 5);
    }
    for (int k : new int[] {0, 1, 77, 200, 201, 401}) {
      var png = ImageIO.read(frames.resolve("frame-%05d.png".formatted(k)).toFile());
      for (int y = 0; y < png.getHeight(); y++) {
        for (int x = 0; x < png.getWidth(); x++) {
          int expected = Inks.PALETTE.getRGB(Inks.nearest(png.getRGB(x, y)));
          if (shown.frames.get(k).getRGB(x, y) != expected) {
            assertThat(shown.frames.get(k).getRGB(x, y))
                .as("frame %d at %d, %d", k, x, y)
                .isEqualTo(expected);
          }
        }
      }
    }
    var again = folder.resolve("b.gif");
    Answer.to("watch", "--env", "Pendulum-v1", "--random", "--seed", "3", "--out", again.toString())
        .assertDone();
    assertThat(Shown.of(again).frames).hasSize(201);
  }

  /** Its last picture is of where it ended, not of where the next episode begins. */
  @Test
  void aLander() throws IOException {
    var frames = folder.resolve("frames");
    var file = folder.resolve("lander.gif");
    Answer.to(
            "watch --env LunarLander-v3 --random --seed 3 --episodes 2 --out %s --frames %s"
                .formatted(file, frames)
                .split(" "))
        .assertDone();
    int count = Shown.of(file).frames.size();
    var heights = new double[count];
    for (int k = 0; k < count; k++) {
      heights[k] = meanY(ImageIO.read(frames.resolve("frame-%05d.png".formatted(k)).toFile()));
    }
    assertThat(heights[0]).as("at the top").isLessThan(60);
    assertThat(heights[count - 1]).as("on the ground").isGreaterThan(200);
    for (int k = 1, begins = 1; k < count; k++) {
      if (Math.abs(heights[k] - heights[k - 1]) > 20) {
        assertThat(heights[k]).as("the second episode's beginning").isLessThan(60);
        assertThat(++begins).isEqualTo(2);
      }
    }
  }

  /** Of the pixels that are blue, from the top. */
  private static double meanY(BufferedImage image) {
    double sum = 0;
    int count = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        if (image.getRGB(x, y) == Inks.BLUE.getRGB()) {
          sum += y;
          count++;
        }
      }
    }
    return sum / count;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ant-v5",
        "HalfCheetah-v5",
        "Hopper-v5",
        "Humanoid-v5",
        "HumanoidStandup-v5",
        "InvertedDoublePendulum-v5",
        "InvertedPendulum-v5",
        "Pusher-v5",
        "Reacher-v5",
        "Swimmer-v5",
        "Walker2d-v5"
      })
  void aRobot(String id) throws IOException {
    Environments.missing(id)
        .ifPresent(
            why -> {
              System.out.println("WatchTest of " + id + " is left out: " + why);
              Assumptions.abort(why);
            });
    var shown = new ArrayList<Scene>();
    try (var device = Device.cpu(1);
        var env = Environments.make(id, device, 1)) {
      env.watch(0, shown::add);
      env.reset(1);
      for (int t = 0; t < 3; t++) {
        env.step();
      }
    }
    assertThat(shown).hasSizeGreaterThan(3);
    for (var scene : shown) {
      var moment = new Moment(new float[0], new float[0], scene);
      var image = Film.draw(Pictures.of(id), moment, 0, 0);
      int ink = 0;
      for (int y = 60; y < image.getHeight() - 10; y++) {
        for (int x = 10; x < image.getWidth() - 10; x++) {
          int rgb = image.getRGB(x, y);
          ink += rgb == Inks.BLUE.getRGB() || rgb == Inks.ORANGE.getRGB() ? 1 : 0;
        }
      }
      assertThat(ink).as("pixels of the robot").isBetween(2000, 60_000);
    }
  }

  @Test
  void aTrainedPolicy() throws IOException {
    var run = folder.resolve("run");
    Answer.to(
            ("train sac --env Pendulum-v1 --steps 120 --workers 1 --set net_arch=16,16"
                    + " --set learning_starts=50 --set eval_freq=100 --set n_eval_episodes=2"
                    + " --out "
                    + run)
                .split(" "))
        .assertDone();
    var answer = Answer.to("watch", run.toString()).assertDone();
    assertThat(answer.out()).contains("episode.gif, 201 frames");
    assertThat(run.resolve("episode.gif")).isNotEmptyFile();
    var last = folder.resolve("last.gif");
    Answer.to("watch", run.toString(), "--checkpoint", "last", "--out", last.toString())
        .assertDone();
    assertThat(last).isNotEmptyFile();
    Files.delete(run.resolve("best.safetensors"));
    Answer.to("watch", run.toString())
        .assertOneSentence(2, "was not evaluated yet", "take --checkpoint last");
    Answer.to("watch", run.toString(), "--random").assertOneSentence(2, "leave out --random");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "watch | name the folder of a run, or an environment by --env ID --random",
        "watch --env Pendulum-v1 | name the folder of a run, or an environment by --env ID",
        "watch --env Pendulm-v1 --random | did you mean Pendulum-v1?",
        "watch no/such/run | there is no folder no/such/run",
        "watch . --checkpoint best | is not the folder of a run",
        "watch . --checkpoint first | --checkpoint first is not best or last",
        "watch --env Pendulum-v1 --random --checkpoint last | leave it out",
        "watch --env Pendulum-v1 --random --episodes 0 | --episodes 0 is not a number from 1 to"
            + " 100",
      })
  void aMistakeIsOneSentence(String args, String sentence) {
    Answer.to(args.split(" ")).assertOneSentence(2, sentence);
  }

  @Test
  void filesThatCannotBeWritten() throws IOException {
    var file = Files.writeString(folder.resolve("file"), "precious");
    Answer.to(
            "watch --env Pendulum-v1 --random --out %s/a.gif"
                .formatted(folder.resolve("no"))
                .split(" "))
        .assertOneSentence(1, "cannot write " + folder.resolve("no/a.gif"));
    Answer.to(
            "watch --env Pendulum-v1 --random --out %s/a.gif --frames %s/frames"
                .formatted(folder, file)
                .split(" "))
        .assertOneSentence(1, "cannot make the folder " + file);
    assertThat(file).hasContent("precious");
  }
}
