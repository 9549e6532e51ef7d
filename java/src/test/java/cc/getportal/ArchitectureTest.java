package cc.getportal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who may import whom, and how long a file may be. */
class ArchitectureTest {
  private static final Path MAIN = Path.of("src/main/java");

  /** Each package, and those it may import. */
  private static final Map<String, List<String>> ARROWS =
      Map.of(
          "cc.getportal.model", List.of(),
          "cc.getportal.error", List.of(),
          "cc.getportal.http", List.of("model", "error"),
          "cc.getportal.follow", List.of("model", "error", "http"),
          "cc.getportal", List.of("model", "error", "http", "follow"),
          "cc.getportal.command.request", List.of("model", ""));

  private static final Pattern IMPORT =
      Pattern.compile(
          "^import (?:static )?cc\\.getportal((?:\\.[a-z]+)*)\\.[A-Z]", Pattern.MULTILINE);

  @Test
  void imports_point_inward() throws IOException {
    var wrong = new ArrayList<String>();
    for (Path file : sources()) {
      String text = Files.readString(file);
      List<String> allowed = ARROWS.get(packageOf(text));
      var imports = IMPORT.matcher(text);
      while (imports.find()) {
        String to = imports.group(1).replaceFirst("^\\.", "");
        if (!allowed.contains(to)) wrong.add(file + " imports " + imports.group());
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void only_one_place_reads_the_clock_or_randomness_and_nobody_locks() throws IOException {
    var reading = Pattern.compile("currentTimeMillis|nanoTime|ThreadLocalRandom|new Thread\\(");
    for (Path file : sources()) {
      String text = Files.readString(file);
      assertTrue(!text.contains("synchronized ("), file + " locks");
      boolean world = file.endsWith("World.java");
      assertTrue(world || !reading.matcher(text).find(), file + " reads the world");
    }
  }

  @Test
  void no_line_is_too_long_and_no_file_but_the_entry_point_has_two_reasons() throws IOException {
    for (Path file : sources()) {
      List<String> lines = Files.readAllLines(file);
      int max = file.endsWith("PortalSDK.java") ? 450 : 250;
      assertTrue(lines.size() <= max, file + " has " + lines.size() + " lines");
      for (String line : lines) assertTrue(line.length() <= 100, file + ": " + line);
    }
  }

  private static String packageOf(String text) {
    var found = Pattern.compile("^package (.*);$", Pattern.MULTILINE).matcher(text);
    assertTrue(found.find());
    return found.group(1);
  }

  private static List<Path> sources() throws IOException {
    try (var files = Files.walk(MAIN)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.endsWith("module-info.java"))
          .toList();
    }
  }
}
