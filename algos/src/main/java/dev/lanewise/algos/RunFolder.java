package dev.lanewise.algos;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** The files of a run, in a folder that one process at a time works in. */
public final class RunFolder implements AutoCloseable {
  private static final String CONFIG = "config.json";
  private static final String METRICS = "metrics.csv";
  private static final String LAST = "last.safetensors";
  private static final String BEST = "best.safetensors";
  private static final String PICTURE = "learning_curve.png";

  private final Path path;
  private final FileChannel lock;

  private RunFolder(Path path, FileChannel lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Makes the folder for a new run, unless it is there.
   *
   * @throws IllegalArgumentException if it holds a run already
   * @throws IOException if it cannot be written to
   */
  static RunFolder create(Path path) throws IOException {
    for (var name : List.of(CONFIG, METRICS, LAST, BEST, PICTURE)) {
      if (Files.exists(path.resolve(name))) {
        throw new IllegalArgumentException(
            Files.exists(path.resolve(LAST))
                ? ("%s holds a run already (%s); go on with it by 'lanewise train --resume %s',"
                        + " or choose another folder")
                    .formatted(path, name, path)
                : "%s holds %s, but no run to go on with; choose another folder, or delete this one"
                    .formatted(path, name));
      }
    }
    make(path);
    return new RunFolder(path, locked(path));
  }

  /**
   * Makes a folder and those above it, unless they are there.
   *
   * @throws IOException if that cannot be done
   */
  public static void make(Path path) throws IOException {
    try {
      Files.createDirectories(path);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(e.getFile() + " is a file, not a folder; choose another folder", e);
    } catch (IOException e) {
      throw new IOException(
          "cannot make the folder %s: %s; choose another folder".formatted(path, reason(e)), e);
    }
  }

  /**
   * Opens the folder of a run.
   *
   * @throws IllegalArgumentException if it does not hold one
   * @throws IOException if it cannot be written to
   */
  static RunFolder open(Path path) throws IOException {
    var folder = reading(path);
    if (!Files.exists(folder.last())) {
      throw new IllegalArgumentException(
          ("%s holds no run to go on with: it has no %s; begin one in another folder, or delete"
                  + " this one")
              .formatted(path, LAST));
    }
    return new RunFolder(path, locked(path));
  }

  /**
   * The names of the files of a run that may be going on.
   *
   * @throws IllegalArgumentException if there is no such folder
   */
  public static RunFolder reading(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      throw new IllegalArgumentException(
          Files.exists(path)
              ? "%s is a file; name the folder of a run".formatted(path)
              : "there is no folder %s; name the folder of a run".formatted(path));
    }
    return new RunFolder(path, null);
  }

  private static FileChannel locked(Path path) throws IOException {
    var file = path.resolve(".lock");
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw cannotWrite(file, e);
    }
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      channel.close();
      throw inUse(path);
    }
    channel.close();
    throw inUse(path);
  }

  private static IOException inUse(Path path) {
    return new IOException(
        "another process is working in %s; wait for it, or choose another folder".formatted(path));
  }

  public Path path() {
    return path;
  }

  /** The exact configuration, as JSON. */
  public Path config() {
    return path.resolve(CONFIG);
  }

  /** The log, a {@link MetricsFile}. */
  public Path metrics() {
    return path.resolve(METRICS);
  }

  /** The latest {@link Checkpoint}, everything needed to resume. */
  public Path last() {
    return path.resolve(LAST);
  }

  /** The {@link Checkpoint} of the networks with the best evaluation. */
  public Path best() {
    return path.resolve(BEST);
  }

  /** The learning curve. */
  public Path picture() {
    return path.resolve(PICTURE);
  }

  /** Writes a small file whole or not at all. */
  public static void write(Path file, byte[] content) throws IOException {
    var temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      try (var channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        var buffer = java.nio.ByteBuffer.wrap(content);
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw cannotWrite(file, e);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  static IOException cannotWrite(Path file, IOException e) {
    return new IOException("cannot write %s: %s".formatted(file, reason(e)), e);
  }

  /** Java's file exceptions have the file's name as their message, or before the reason. */
  private static String reason(IOException e) {
    return switch (e) {
      case AccessDeniedException denied -> "no permission";
      case NoSuchFileException missing -> "no such file or folder";
      case FileSystemException known when known.getReason() != null -> known.getReason();
      default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    };
  }

  @Override
  public void close() throws IOException {
    if (lock != null) {
      lock.close();
    }
  }
}
