package dev.lanewise.algos.cli;

import dev.lanewise.algos.RunFolder;
import java.awt.Font;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import javax.imageio.ImageIO;

/** The frames of some episodes, for a GIF and, if wanted, as files of their own. */
final class Film {
  private static final int LAST_FRAME_CENTISECONDS = 100;

  private final Picture picture;
  private final Optional<Path> folder;
  private final Gif gif;
  private int frames;

  /**
   * @param folder for a PNG of every frame
   * @throws IOException if the folder cannot be made, or this machine cannot draw
   */
  Film(Picture picture, Optional<Path> folder) throws IOException {
    System.setProperty("java.awt.headless", "true");
    this.picture = picture;
    this.folder = folder;
    if (folder.isPresent()) {
      try {
        Files.createDirectories(folder.get());
      } catch (IOException e) {
        throw new IOException("cannot make the folder %s: %s".formatted(folder.get(), e), e);
      }
    }
    gif = new Gif(picture.width(), picture.height());
  }

  /**
   * Adds a frame.
   *
   * @param step number of that step, from 1, or 0
   * @param episodeReturn sum of the rewards so far
   * @param last whether the episode ends here
   */
  void add(Moment now, int step, double episodeReturn, boolean last) throws IOException {
    var image = draw(picture, now, step, episodeReturn);
    int centiseconds = Math.max(2, (int) Math.round(100 / picture.stepsPerSecond()));
    gif.add(image, last ? LAST_FRAME_CENTISECONDS : centiseconds);
    if (folder.isPresent()) {
      var png = new ByteArrayOutputStream();
      ImageIO.setUseCache(false);
      ImageIO.write(image, "png", png);
      RunFolder.write(frame(folder.get(), frames), png.toByteArray());
    }
    frames++;
  }

  /** Step and return stand in the upper left corner. */
  static BufferedImage draw(Picture picture, Moment now, int step, double episodeReturn)
      throws IOException {
    try {
      var image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
      var g = image.createGraphics();
      g.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
      g.setRenderingHint(RenderingHints.KEY_STROKE_CONTROL, RenderingHints.VALUE_STROKE_PURE);
      g.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      g.setColor(Inks.PAPER);
      g.fillRect(0, 0, picture.width(), picture.height());
      picture.draw(g, now);
      g.setColor(Inks.TEXT);
      g.setFont(new Font(Font.SANS_SERIF, Font.PLAIN, 14));
      g.drawString("step " + step, 12, 22);
      g.drawString(String.format(Locale.ROOT, "return %.1f", episodeReturn), 12, 40);
      g.dispose();
      return image;
    } catch (LinkageError | InternalError e) {
      throw new IOException(
          ("the frame could not be drawn (%s);"
                  + " if fonts are missing, install fontconfig and fonts-dejavu-core")
              .formatted(e),
          e);
    }
  }

  int frames() {
    return frames;
  }

  private static Path frame(Path folder, int number) {
    return folder.resolve("frame-%05d.png".formatted(number));
  }

  /**
   * Writes the GIF, whole or not at all, and answers with its size in bytes. Frames that an earlier
   * and longer film left behind these are deleted.
   */
  int write(Path file) throws IOException {
    if (folder.isPresent()) {
      for (int k = frames; Files.deleteIfExists(frame(folder.get(), k)); ) {
        k++;
      }
    }
    var bytes = gif.bytes();
    RunFolder.write(file, bytes);
    return bytes.length;
  }
}
