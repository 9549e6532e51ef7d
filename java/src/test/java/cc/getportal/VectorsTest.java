package cc.getportal;

import static cc.getportal.Vectors.has;
import static cc.getportal.Vectors.string;
import static org.junit.jupiter.api.Assertions.assertEquals;

import cc.getportal.error.InvalidRequestException;
import cc.getportal.error.PortalException;
import cc.getportal.error.RateLimitException;
import cc.getportal.follow.SseParser;
import cc.getportal.http.Problem;
import cc.getportal.http.World;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The pure parts against the vectors that the TypeScript SDK runs too. */
class VectorsTest {
  @TestFactory
  Stream<DynamicTest> an_answer_that_is_not_2xx_means_the_same_error() {
    return tests("problems.json", "cases", VectorsTest::problem);
  }

  @TestFactory
  Stream<DynamicTest> an_event_stream_holds_the_same_messages_however_it_is_cut() {
    return tests("sse.json", "cases", VectorsTest::messages);
  }

  @TestFactory
  Stream<DynamicTest> the_same_waits_are_asked_for() {
    return tests("retry.json", "retry_after", VectorsTest::retryAfter);
  }

  @TestFactory
  Stream<DynamicTest> the_same_times_are_waited() {
    return tests("retry.json", "backoff", VectorsTest::backoff);
  }

  private static Stream<DynamicTest> tests(
      String file, String name, java.util.function.Consumer<JsonObject> test) {
    return Vectors.cases(file, name)
        .map(c -> DynamicTest.dynamicTest(string(c, "name"), () -> test.accept(c)));
  }

  private static void problem(JsonObject c) {
    long nowMs = has(c, "now_ms") ? c.get("now_ms").getAsLong() : 0;
    int status = c.get("status").getAsInt();
    String retryAfter = string(c, "retry_after");
    assertError(
        Problem.of("POST /payments/single", status, string(c, "body"), retryAfter, nowMs), c);
  }

  /** What a vector does not name is not checked. */
  static void assertError(Throwable error, JsonObject expected) {
    String type = string(expected, "error") + "Exception";
    assertEquals(type, error.getClass().getSimpleName(), error.toString());
    assertEquals(string(expected, "code"), ((PortalException) error).code());
    if (expected.has("message")) assertEquals(string(expected, "message"), error.getMessage());
    if (expected.has("field")) {
      assertEquals(string(expected, "field"), ((InvalidRequestException) error).field());
    }
    if (expected.has("retry_after_s")) {
      Duration asked = ((RateLimitException) error).retryAfter();
      Long seconds =
          has(expected, "retry_after_s") ? expected.get("retry_after_s").getAsLong() : null;
      assertEquals(seconds, asked == null ? null : (Long) asked.toSeconds());
    }
  }

  private static void messages(JsonObject c) {
    byte[] bytes = string(c, "text").getBytes(StandardCharsets.UTF_8);
    List<String> expected = new ArrayList<>();
    for (JsonElement message : c.getAsJsonArray("messages")) expected.add(message.getAsString());
    for (int size : new int[] {1, 2, 3, bytes.length}) {
      var parser = new SseParser();
      var told = new ArrayList<String>();
      for (int at = 0; at < bytes.length; at += size) {
        told.addAll(parser.parse(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at))));
      }
      assertEquals(expected, told, size + " at a time");
    }
  }

  private static void retryAfter(JsonObject c) {
    Duration asked = Problem.retryAfter(string(c, "header"), c.get("now_ms").getAsLong());
    Long seconds = has(c, "seconds") ? c.get("seconds").getAsLong() : null;
    assertEquals(seconds, asked == null ? null : (Long) asked.toSeconds());
  }

  private static void backoff(JsonObject c) {
    long ms =
        World.pauseMs(
            c.get("failures").getAsInt(),
            c.get("random").getAsDouble(),
            c.get("first_ms").getAsLong(),
            c.get("max_ms").getAsLong());
    assertEquals(c.get("ms").getAsLong(), ms);
  }
}
