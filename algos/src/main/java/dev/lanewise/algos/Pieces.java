package dev.lanewise.algos;

import dev.lanewise.autograd.Safetensors;
import dev.lanewise.autograd.SafetensorsWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;

/**
 * The files beside a checkpoint that hold its {@link Snapshot.Piece}s, in a folder of its name:
 * last.pieces for last.safetensors. A file is written whole before the checkpoint that names it,
 * never changed, and deleted after the last checkpoint that does: whenever the process is killed,
 * the checkpoint in place has all its pieces.
 */
final class Pieces {
  private static final String ENDING = ".safetensors";

  private final Path folder;

  private Pieces(Path folder) {
    this.folder = folder;
  }

  static Pieces of(Path checkpoint) {
    var name = checkpoint.getFileName().toString().replace(ENDING, "");
    return new Pieces(checkpoint.resolveSibling(name + ".pieces"));
  }

  /**
   * How a checkpoint names a piece.
   *
   * @param checksum of its array
   */
  record Reference(String name, String version, String checksum) {
    static Reference parse(String name, String text) {
      var parts = text.split(" ");
      if (parts.length != 2) {
        throw new SnapshotException(
            "%s is '%s', not a version and a checksum".formatted(name, text));
      }
      return new Reference(name, parts[0], parts[1]);
    }

    String text() {
      return version + " " + checksum;
    }

    private String file() {
      return name + "." + version + ENDING;
    }
  }

  private Path file(Reference reference) {
    return folder.resolve(reference.file());
  }

  Reference write(String name, String version, Snapshot.Array array) throws IOException {
    var reference = new Reference(name, version, Checkpoint.checksum(name, array));
    RunFolder.make(folder);
    try {
      new SafetensorsWriter().add(name, array.shape(), array.values()).write(file(reference));
    } catch (IOException e) {
      throw RunFolder.cannotWrite(file(reference), e);
    }
    return reference;
  }

  /**
   * @throws SnapshotException if the file is missing or damaged
   */
  Snapshot.Array read(Reference reference) {
    var path = file(reference);
    try (var file = Safetensors.open(path)) {
      if (file.names().equals(List.of(reference.name))) {
        var shape = file.shape(reference.name);
        var array = new Snapshot.Array(shape, file.floats(reference.name));
        if (Checkpoint.checksum(reference.name, array).equals(reference.checksum)) {
          return array;
        }
      }
    } catch (IOException e) {
      throw new SnapshotException(e.getMessage() + "; use a copy of the run's folder", e);
    }
    throw new SnapshotException(
        path + " is damaged: its checksum does not match; use a copy of the run's folder");
  }

  /** Deletes all others, half-written ones included. */
  void keep(Collection<Reference> references) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    var kept = new HashSet<String>();
    references.forEach(reference -> kept.add(reference.file()));
    try (var files = Files.newDirectoryStream(folder)) {
      for (var file : files) {
        if (!kept.contains(file.getFileName().toString())) {
          Files.delete(file);
        }
      }
    }
  }
}
