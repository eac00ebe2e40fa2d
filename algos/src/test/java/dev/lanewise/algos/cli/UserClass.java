package dev.lanewise.algos.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;

/** A class as a user would have it: in a folder of its own. */
final class UserClass {
  private UserClass() {}

  static void compile(Path folder, String name, String source) throws IOException {
    var file = Files.writeString(folder.resolve(name + ".java"), source);
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString(),
                file.toString());
    assertThat(status).isZero();
  }
}
