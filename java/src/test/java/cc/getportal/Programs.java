package cc.getportal;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Programs as users write them: with the SDK's jar and its JSON library, and nothing else. */
final class Programs {
  static final Path SHOP = Path.of("..", "examples", "Shop.java");
  private static final Path SAMPLE = Path.of("src/test/resources/seed-sample.java.txt");

  /** What a program came to. */
  record Ended(int code, String output) {}

  private Programs() {}

  /** A jar that Maven has just made. */
  static Path jar(String kind) {
    return Path.of(System.getProperty("jars") + kind + ".jar");
  }

  /** What a user's class path or module path holds. */
  static String path() {
    String all =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    String gson =
        Arrays.stream(all.split(File.pathSeparator))
            .filter(entry -> entry.contains("gson"))
            .findFirst()
            .orElseThrow();
    return jar("") + File.pathSeparator + gson;
  }

  /** The Java sample of the page Portal started from, word for word. */
  static String sample() throws IOException {
    return Files.readString(SAMPLE);
  }

  /** A class {@code Main} with the sample in its main method; only {@code sdk} is given. */
  static String sampleProgram(String sample) {
    var imports = new ArrayList<String>();
    var body = new ArrayList<String>();
    for (String line : sample.split("\n")) {
      if (line.startsWith("import ")) imports.add(line);
      else body.add(line);
    }
    return """
        %s
        import cc.getportal.PortalSDK;
        public class Main {
          public static void main(String[] args) {
            var sdk = new PortalSDK(System.getenv("BASE_URL"), System.getenv("AUTH_TOKEN"));
        %s
          }
        }
        """
        .formatted(String.join("\n", imports), String.join("\n", body));
  }

  /** Compiles with all warnings as errors; throws what the compiler said. */
  static void compile(List<Path> sources, Path into, String... options) throws Exception {
    var command = new ArrayList<>(List.of(tool("javac"), "-Xlint:all", "-Werror", "-d", "" + into));
    command.addAll(List.of(options));
    sources.forEach(source -> command.add(source.toString()));
    Ended ended = run(command, Map.of());
    if (ended.code != 0) throw new AssertionError(ended.output);
  }

  /** Runs a Java program to its end. */
  static Ended java(Map<String, String> environment, String... arguments) throws Exception {
    var command = new ArrayList<>(List.of(tool("java")));
    command.addAll(List.of(arguments));
    return run(command, environment);
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private static Ended run(List<String> command, Map<String, String> environment) throws Exception {
    Path output = Files.createTempFile("portal-", ".txt");
    try {
      var builder = new ProcessBuilder(command).redirectErrorStream(true);
      builder.redirectOutput(output.toFile()).environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError("it never ended; it said: " + Files.readString(output));
      }
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      Files.delete(output);
    }
  }
}
