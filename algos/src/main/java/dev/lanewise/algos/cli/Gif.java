package dev.lanewise.algos.cli;

import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * An animated GIF (89a) that plays for ever, in the colours of {@link Inks#PALETTE}. Of each frame
 * only the rectangle that differs from the one before is written, and in it nothing that is the
 * same.
 */
final class Gif {
  private static final String STREAM = "javax_imageio_gif_stream_1.0";
  private static final String IMAGE = "javax_imageio_gif_image_1.0";

  private final ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes);
  private final int width;
  private final int height;
  private byte[] before;

  Gif(int width, int height) throws IOException {
    this.width = width;
    this.height = height;
    writer.setOutput(stream);
    writer.prepareWriteSequence(header());
  }

  private IIOMetadata header() throws IOException {
    var metadata = writer.getDefaultStreamMetadata(null);
    var screen = new IIOMetadataNode("LogicalScreenDescriptor");
    screen.setAttribute("logicalScreenWidth", String.valueOf(width));
    screen.setAttribute("logicalScreenHeight", String.valueOf(height));
    screen.setAttribute("colorResolution", "8");
    screen.setAttribute("pixelAspectRatio", "0");
    var table = new IIOMetadataNode("GlobalColorTable");
    table.setAttribute("sizeOfGlobalColorTable", String.valueOf(Inks.PALETTE.getMapSize()));
    table.setAttribute("backgroundColorIndex", "0");
    table.setAttribute("sortFlag", "FALSE");
    for (int k = 0; k < Inks.PALETTE.getMapSize(); k++) {
      var entry = new IIOMetadataNode("ColorTableEntry");
      entry.setAttribute("index", String.valueOf(k));
      entry.setAttribute("red", String.valueOf(Inks.PALETTE.getRed(k)));
      entry.setAttribute("green", String.valueOf(Inks.PALETTE.getGreen(k)));
      entry.setAttribute("blue", String.valueOf(Inks.PALETTE.getBlue(k)));
      table.appendChild(entry);
    }
    var root = new IIOMetadataNode(STREAM);
    var version = new IIOMetadataNode("Version");
    version.setAttribute("value", "89a");
    root.appendChild(version);
    root.appendChild(screen);
    root.appendChild(table);
    metadata.mergeTree(STREAM, root);
    return metadata;
  }

  /**
   * Adds a frame.
   *
   * @param image in 24 bits
   * @param centiseconds how long it stands
   */
  void add(BufferedImage image, int centiseconds) throws IOException {
    var pixels = new byte[width * height];
    var rgb = image.getRGB(0, 0, width, height, null, 0, width);
    for (int k = 0; k < rgb.length; k++) {
      pixels[k] = Inks.nearest(rgb[k]);
    }
    var at = changed(pixels);
    // The writer does not see where a subimage begins: the part is a copy.
    var part =
        new BufferedImage(at.width, at.height, BufferedImage.TYPE_BYTE_INDEXED, Inks.PALETTE);
    var copy = ((DataBufferByte) part.getRaster().getDataBuffer()).getData();
    for (int k = 0; k < copy.length; k++) {
      int from = (at.y + k / at.width) * width + at.x + k % at.width;
      boolean same = before != null && before[from] == pixels[from];
      copy[k] = same ? Inks.TRANSPARENT : pixels[from];
    }
    writer.writeToSequence(new IIOImage(part, null, metadata(part, at, centiseconds)), null);
    before = pixels;
  }

  /** At least one pixel, so that the frame has its time. */
  private Rectangle changed(byte[] pixels) {
    if (before == null) {
      return new Rectangle(width, height);
    }
    int left = width, right = -1, top = height, bottom = -1;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        if (pixels[y * width + x] != before[y * width + x]) {
          left = Math.min(left, x);
          right = Math.max(right, x);
          top = Math.min(top, y);
          bottom = y;
        }
      }
    }
    return right < 0
        ? new Rectangle(1, 1)
        : new Rectangle(left, top, right - left + 1, bottom - top + 1);
  }

  private IIOMetadata metadata(BufferedImage part, Rectangle at, int centiseconds)
      throws IOException {
    var metadata =
        writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(part), null);
    var descriptor = new IIOMetadataNode("ImageDescriptor");
    descriptor.setAttribute("imageLeftPosition", String.valueOf(at.x));
    descriptor.setAttribute("imageTopPosition", String.valueOf(at.y));
    descriptor.setAttribute("imageWidth", String.valueOf(at.width));
    descriptor.setAttribute("imageHeight", String.valueOf(at.height));
    descriptor.setAttribute("interlaceFlag", "FALSE");
    var control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "doNotDispose");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", before == null ? "FALSE" : "TRUE");
    control.setAttribute("transparentColorIndex", String.valueOf(Inks.TRANSPARENT));
    control.setAttribute("delayTime", String.valueOf(centiseconds));
    var root = new IIOMetadataNode(IMAGE);
    root.appendChild(descriptor);
    root.appendChild(control);
    if (before == null) {
      var loop = new IIOMetadataNode("ApplicationExtension");
      loop.setAttribute("applicationID", "NETSCAPE");
      loop.setAttribute("authenticationCode", "2.0");
      loop.setUserObject(new byte[] {1, 0, 0});
      var extensions = new IIOMetadataNode("ApplicationExtensions");
      extensions.appendChild(loop);
      root.appendChild(extensions);
    }
    metadata.mergeTree(IMAGE, root);
    return metadata;
  }

  /** The whole file; nothing can be added afterwards. */
  byte[] bytes() throws IOException {
    writer.endWriteSequence();
    stream.close();
    writer.dispose();
    return bytes.toByteArray();
  }
}
