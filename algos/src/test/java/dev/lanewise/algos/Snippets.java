package dev.lanewise.algos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;

/** The Java in a page of documentation. */
final class Snippets {
  private static final Pattern BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("public class (\\w+)");

  private Snippets() {}

  /** Compiles every block of a page, a public class each, into a folder. */
  static void compile(Path page, Path folder) throws IOException {
    var arguments = new ArrayList<>(List.of("-d", folder.toString()));
    arguments.addAll(List.of("-cp", System.getProperty("java.class.path")));
    int blocks = 0;
    for (var block : BLOCK.matcher(Files.readString(page)).results().toList()) {
      var name = NAME.matcher(block.group(1));
      assertThat(name.find()).as("a public class in: " + block.group(1)).isTrue();
      var source = folder.resolve(name.group(1) + ".java");
      arguments.add(Files.writeString(source, block.group(1)).toString());
      blocks++;
    }
    assertThat(blocks).as("examples in Java in " + page).isPositive();
    var compiler = ToolProvider.getSystemJavaCompiler();
    assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new))).isZero();
  }
}
