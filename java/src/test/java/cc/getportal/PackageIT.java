package cc.getportal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jars as they are shipped, and programs that have nothing but them. */
class PackageIT {
  private static final int JAR_KIB_MAX = 80;

  /** What the guide's examples take for granted. */
  private static final String GUIDE =
      """
      import cc.getportal.*;
      import cc.getportal.error.*;
      import cc.getportal.model.*;
      import java.net.http.HttpClient;
      import java.time.Duration;
      import java.util.List;
      import java.util.Map;
      class %s {
        static void example(
            PortalSDK sdk, String user, String orderId, String bolt11, byte[] rawBody,
            Map<String, String> headers, SinglePaymentRequestContent content)
            throws Exception {
      %s
        }
      }
      """;

  @TempDir private Path folder;

  @Test
  void the_jar_is_small_and_holds_nothing_of_others() throws Exception {
    long bytes = Files.size(Programs.jar(""));
    System.out.printf("the jar has %.1f KiB%n", bytes / 1024.0);
    assertTrue(bytes <= JAR_KIB_MAX * 1024, bytes + " bytes");
    try (var jar = new JarFile(Programs.jar("").toFile())) {
      var strangers =
          jar.stream()
              .map(entry -> entry.getName())
              .filter(name -> !name.matches("META-INF/.*|module-info.class|cc/.*"))
              .toList();
      assertEquals(List.of(), strangers);
    }
  }

  @Test
  void sources_and_documentation_come_with_it() throws Exception {
    try (var sources = new JarFile(Programs.jar("-sources").toFile())) {
      assertTrue(sources.getEntry("cc/getportal/PortalSDK.java") != null);
    }
    try (var pages = new JarFile(Programs.jar("-javadoc").toFile())) {
      assertTrue(pages.getEntry("cc.getportal.sdk/cc/getportal/PortalSDK.html") != null);
      boolean inner = pages.stream().anyMatch(page -> page.getName().contains("/follow/"));
      assertTrue(!inner, "what is not for users is documented for them");
    }
  }

  @Test
  void the_pages_sample_compiles_unchanged_and_runs_to_its_end() throws Exception {
    Path source = Files.writeString(folder.resolve("Main.java"), program(Programs.sample()));
    Programs.compile(List.of(source), folder, "-cp", Programs.path());
    try (var daemon = new FakeDaemon()) {
      paying(daemon);
      var ended = Programs.java(environment(daemon), "-cp", folder + ":" + Programs.path(), "Main");
      assertStory(ended);
      String asked = daemon.arrivals.get(0).body();
      assertEquals(
          "{\"description\":\"Premium - 1 month\",\"amount\":10000,\"currency\":\"millisats\","
              + "\"main_key\":\"user-pubkey-hex\",\"subkeys\":[]}",
          asked);
    }
  }

  @Test
  void the_shop_is_the_pages_sample_and_runs_as_its_first_lines_say() throws Exception {
    String shop = Files.readString(Programs.SHOP).replaceAll("\\s+", "");
    for (String line : Programs.sample().replace("\"user-pubkey-hex\"", "userPubkey").split("\n")) {
      assertTrue(shop.contains(line.replaceAll("\\s+", "")), "Shop.java lacks: " + line);
    }
    try (var daemon = new FakeDaemon()) {
      paying(daemon);
      String file = Programs.SHOP.toString();
      assertStory(Programs.java(environment(daemon), "-cp", Programs.path(), file, Setting.USER));
    }
  }

  @Test
  void a_module_needs_nothing_else_and_sees_nothing_inside() throws Exception {
    Path module = Files.createDirectories(folder.resolve("module"));
    Path info = module.resolve("module-info.java");
    Files.writeString(info, "module shop { requires cc.getportal.sdk; }");
    Path source = Files.createDirectories(module.resolve("shop")).resolve("Main.java");
    Files.writeString(source, "package shop;\n" + program(Programs.sample()));
    Path classes = folder.resolve("classes");
    Programs.compile(List.of(info, source), classes, "--module-path", Programs.path());
    try (var daemon = new FakeDaemon()) {
      paying(daemon);
      String path = classes + ":" + Programs.path();
      assertStory(Programs.java(environment(daemon), "-p", path, "-m", "shop/shop.Main"));
    }
    Files.writeString(source, "package shop;\nclass Main { cc.getportal.http.Http http; }\n");
    var refused =
        org.junit.jupiter.api.Assertions.assertThrows(
            AssertionError.class,
            () ->
                Programs.compile(List.of(info, source), classes, "--module-path", Programs.path()));
    assertTrue(refused.getMessage().contains("is not visible"), refused.getMessage());
  }

  @Test
  void every_example_of_the_guide_compiles() throws Exception {
    String guide = Files.readString(Path.of("..", "docs", "java.md"));
    var blocks = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(guide);
    var sources = new ArrayList<Path>();
    while (blocks.find()) {
      String block = blocks.group(1);
      String name = "Example" + sources.size();
      boolean whole = block.startsWith("import ");
      String source =
          whole
              ? Programs.sampleProgram(block).replace("class Main", "class " + name)
              : GUIDE.formatted(name, block);
      // It makes its own.
      source = source.replaceFirst("(?s)var sdk = new PortalSDK.*?;\n(.*PortalSDK sdk = )", "$1");
      sources.add(Files.writeString(folder.resolve(name + ".java"), source));
    }
    assertEquals(8, sources.size());
    Programs.compile(sources, folder, "-cp", Programs.path());
  }

  private static String program(String sample) {
    return Programs.sampleProgram(sample);
  }

  private static Map<String, String> environment(FakeDaemon daemon) {
    return Map.of("BASE_URL", daemon.url(), "AUTH_TOKEN", FakeDaemon.TOKEN);
  }

  /** Whoever begins to listen is told that the user approved and paid. */
  private static void paying(FakeDaemon daemon) {
    daemon.intercept =
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          if (path.startsWith("/events/")) {
            String stream = path.substring("/events/".length());
            daemon.tell(stream, Setting.APPROVED);
            daemon.tell(stream, Setting.PAID);
          }
          return false;
        };
  }

  private static void assertStory(Programs.Ended ended) {
    String story = ended.output();
    assertTrue(story.matches("(?s)invoice: lnbcrt1fake \\(payment p-.*\\)\n.*"), story);
    assertTrue(story.endsWith("\nstatus: user_approved\nstatus: paid\n"), story);
    assertEquals(0, ended.code());
  }
}
