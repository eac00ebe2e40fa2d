package dev.lanewise.kernels.opencl;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/**
 * Built programs of a device on disk, in {@code $XDG_CACHE_HOME/lanewise} or {@code
 * ~/.cache/lanewise}: a file for each device, driver, source and options. Where nothing can be
 * written one line says so, and programs are built again each time.
 */
final class BinaryCache {
  private static final System.Logger LOG = System.getLogger(BinaryCache.class.getName());

  private final OpenClDevice device;
  private final Path folder;
  private boolean complained;

  BinaryCache(OpenClDevice device) {
    this(device, folder());
  }

  BinaryCache(OpenClDevice device, Path folder) {
    this.device = device;
    this.folder = folder;
  }

  private static Path folder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    var parent =
        cache == null || cache.isEmpty()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return parent.resolve("lanewise");
  }

  /** What was saved, or null. */
  byte[] load(String name, String source, String options) {
    try {
      return Files.readAllBytes(file(name, source, options));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      complain(e);
      return null;
    }
  }

  void save(String name, String source, String options, Supplier<byte[]> content) {
    var file = file(name, source, options);
    try {
      Files.createDirectories(folder);
      var written = Files.createTempFile(folder, name, ".part");
      try {
        Files.write(written, content.get());
        move(written, file);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      complain(e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** Forgets what the driver does not take. */
  void refused(String name, String source, String options) {
    LOG.log(
        System.Logger.Level.INFO,
        "{0} refused its saved {1}, which is built again",
        device.name(),
        name);
    try {
      Files.deleteIfExists(file(name, source, options));
    } catch (IOException e) {
      complain(e);
    }
  }

  private void complain(IOException e) {
    if (!complained) {
      complained = true;
      LOG.log(
          System.Logger.Level.WARNING,
          "OpenCL programs are not kept in {0}, which makes starting slower: {1}",
          folder,
          e);
    }
  }

  private Path file(String name, String source, String options) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      for (String part :
          new String[] {
            device.platform(), device.name(), device.version(), device.driver(), options, source
          }) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      String key = HexFormat.of().formatHex(digest.digest(), 0, 12);
      return folder.resolve(name + "-" + key + ".clbin");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
