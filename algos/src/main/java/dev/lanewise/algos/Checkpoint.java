package dev.lanewise.algos;

import dev.lanewise.autograd.Parameters;
import dev.lanewise.autograd.Safetensors;
import dev.lanewise.autograd.SafetensorsWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;

/**
 * A run at one step, in one .safetensors file that is written whole or not at all. Tensors: the
 * networks under their own names in PyTorch's layout and, in a checkpoint to resume from, the rest
 * of the {@link Snapshot}, whose {@link Pieces} are files that it names. The header's texts: the
 * configuration ("setting.gamma"), the snapshot's texts ("state.steps"), and what Lanewise notes
 * ("lanewise.step"), a checksum of everything included.
 *
 * @param step environment steps so far
 */
public record Checkpoint(RunConfig config, long step, RunProgress progress, Snapshot snapshot) {
  private static final String FORMAT = "1";
  private static final String OURS = "lanewise.";
  private static final String SETTING = "setting.";
  private static final String ORIGIN = "origin.";
  private static final String STATE = "state.";
  private static final String PIECE = "piece.";
  private static final String CHECKSUM = OURS + "crc32c";

  void write(Path path) throws IOException {
    var pieces = Pieces.of(path);
    var references = new ArrayList<Pieces.Reference>();
    boolean allNew = snapshot.pieces().values().stream().allMatch(p -> p.array().isPresent());
    var inPlace = allNew ? Map.<String, Pieces.Reference>of() : references(header(path));
    for (var piece : snapshot.pieces().entrySet()) {
      var array = piece.getValue().array();
      references.add(
          array.isEmpty()
              ? inPlace.get(piece.getKey())
              : pieces.write(piece.getKey(), piece.getValue().version(), array.get().get()));
    }
    var texts = texts();
    references.forEach(reference -> texts.put(PIECE + reference.name(), reference.text()));
    texts.put(CHECKSUM, checksum(texts, snapshot.arrays()));
    var file = new SafetensorsWriter();
    texts.forEach(file::metadata);
    snapshot.arrays().forEach((name, array) -> file.add(name, array.shape(), array.values()));
    try {
      file.write(path);
    } catch (IOException e) {
      throw RunFolder.cannotWrite(path, e);
    }
    pieces.keep(references);
  }

  /** The versions of the pieces of the checkpoint that is there, if one is. */
  static Map<String, String> pieces(Path path) {
    var versions = new LinkedHashMap<String, String>();
    if (Files.exists(path)) {
      references(header(path))
          .forEach((name, reference) -> versions.put(name, reference.version()));
    }
    return versions;
  }

  private static Map<String, Pieces.Reference> references(Map<String, String> texts) {
    var references = new LinkedHashMap<String, Pieces.Reference>();
    withPrefix(PIECE, texts)
        .forEach((name, text) -> references.put(name, Pieces.Reference.parse(name, text)));
    return references;
  }

  private SequencedMap<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    texts.put(OURS + "format", FORMAT);
    texts.put(OURS + "algo", config.algorithm());
    texts.put(OURS + "env", config.env());
    texts.put(OURS + "seed", Long.toString(config.seed()));
    texts.put(OURS + "step", Long.toString(step));
    texts.put(OURS + "evaluated_at", Long.toString(progress.evaluatedAt()));
    texts.put(OURS + "logged_at", Long.toString(progress.loggedAt()));
    texts.put(OURS + "best_mean_reward", Double.toString(progress.bestReward()));
    texts.put(OURS + "best_at", Long.toString(progress.bestAt()));
    texts.put(OURS + "elapsed_seconds", Double.toString(progress.elapsedSeconds()));
    config.settings().forEach((name, value) -> texts.put(SETTING + name, value));
    config.origin().forEach((name, value) -> texts.put(ORIGIN + name, value));
    snapshot.texts().forEach((name, value) -> texts.put(STATE + name, value));
    return texts;
  }

  /**
   * Reads a checkpoint whole, but for the pieces of its snapshot: each is read when it is asked
   * for.
   *
   * @throws SnapshotException if the file is damaged or was not written by Lanewise
   */
  static Checkpoint read(Path path) {
    try (var file = Safetensors.open(path)) {
      var texts = file.metadata();
      checkFormat(path, texts);
      var snapshot = new Snapshot();
      for (var name : file.names()) {
        snapshot.put(name, new Snapshot.Array(file.shape(name), file.floats(name)));
      }
      if (!checksum(texts, snapshot.arrays()).equals(texts.get(CHECKSUM))) {
        throw new SnapshotException(
            path + " is damaged: its checksum does not match; use a copy of it");
      }
      withPrefix(STATE, texts).forEach(snapshot::put);
      var pieces = Pieces.of(path);
      references(texts)
          .values()
          .forEach(
              piece ->
                  snapshot.put(
                      piece.name(),
                      new Snapshot.Piece(piece.version(), Optional.of(() -> pieces.read(piece)))));
      return described(texts, snapshot);
    } catch (IOException e) {
      throw new SnapshotException(e.getMessage() + "; use a copy of the file", e);
    }
  }

  /**
   * What a checkpoint is of, for a look at a run: its tensors are not read, so the snapshot is
   * empty and damage to them goes unnoticed.
   *
   * @throws SnapshotException if the file's header is damaged or was not written by Lanewise
   */
  public static Checkpoint head(Path path) {
    var texts = header(path);
    try {
      return described(texts, new Snapshot());
    } catch (SnapshotException e) {
      throw new SnapshotException(
          "%s is damaged: %s; use a copy of it".formatted(path, e.getMessage()), e);
    }
  }

  private static Map<String, String> header(Path path) {
    try (var file = Safetensors.open(path)) {
      checkFormat(path, file.metadata());
      return file.metadata();
    } catch (IOException e) {
      throw new SnapshotException(e.getMessage() + "; use a copy of the file", e);
    }
  }

  private static void checkFormat(Path path, Map<String, String> texts) {
    if (!texts.containsKey(OURS + "format")) {
      throw new SnapshotException(
          path + " is not a checkpoint of Lanewise; name the folder of a run that it made");
    }
    if (!texts.get(OURS + "format").equals(FORMAT)) {
      throw new SnapshotException(
          "%s is of format %s, but this Lanewise reads format %s; use the version that wrote it"
              .formatted(path, texts.get(OURS + "format"), FORMAT));
    }
  }

  /** The numbers parse if the checksum has matched. */
  private static Checkpoint described(Map<String, String> texts, Snapshot snapshot) {
    var ours = new Snapshot();
    withPrefix(OURS, texts).forEach(ours::put);
    var config =
        new RunConfig(
            ours.text("algo"),
            ours.text("env"),
            ours.whole("seed"),
            withPrefix(SETTING, texts),
            withPrefix(ORIGIN, texts));
    var progress =
        new RunProgress(
            ours.whole("evaluated_at"),
            ours.whole("logged_at"),
            ours.decimal("best_mean_reward"),
            ours.whole("best_at"),
            ours.decimal("elapsed_seconds"));
    return new Checkpoint(config, ours.whole("step"), progress, snapshot);
  }

  private static SequencedMap<String, String> withPrefix(String prefix, Map<String, String> texts) {
    var found = new LinkedHashMap<String, String>();
    texts.forEach(
        (name, value) -> {
          if (name.startsWith(prefix)) {
            found.put(name.substring(prefix.length()), value);
          }
        });
    return found;
  }

  /** Whether its run has come to its end, the evaluation there included. */
  public boolean isOfTheEnd() {
    return step >= config.totalTimesteps() && progress.evaluatedAt() == step;
  }

  /** Networks alone. */
  static Snapshot networks(List<Parameters> networks) {
    var snapshot = new Snapshot();
    networks.forEach(snapshot::put);
    return snapshot;
  }

  /**
   * Writes the saved networks back.
   *
   * @throws SnapshotException if one is missing or of another shape
   */
  void restore(List<Parameters> networks) {
    for (var block : networks) {
      for (var name : block.names()) {
        var saved = snapshot.array(name).shape();
        if (!saved.equals(block.shape(name))) {
          throw new SnapshotException(
              "%s is of shape %s instead of %s".formatted(name, saved, block.shape(name)));
        }
        snapshot.restore(name, block.get(name));
      }
    }
  }

  private static String checksum(Map<String, String> texts, Map<String, Snapshot.Array> arrays) {
    var crc = new CRC32C();
    new TreeMap<>(texts)
        .forEach(
            (name, value) -> {
              if (!name.equals(CHECKSUM)) {
                crc.update((name + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8));
              }
            });
    new TreeMap<>(arrays).forEach((name, array) -> update(crc, name, array));
    return Long.toHexString(crc.getValue());
  }

  static String checksum(String name, Snapshot.Array array) {
    var crc = new CRC32C();
    update(crc, name, array);
    return Long.toHexString(crc.getValue());
  }

  private static void update(CRC32C crc, String name, Snapshot.Array array) {
    crc.update((name + array.shape()).getBytes(StandardCharsets.UTF_8));
    var values = array.values();
    var buffer = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
    int most = buffer.capacity() / Float.BYTES;
    for (int from = 0; from < values.length; from += most) {
      int count = Math.min(most, values.length - from);
      buffer.asFloatBuffer().put(values, from, count);
      crc.update(buffer.slice(0, count * Float.BYTES));
    }
  }
}
