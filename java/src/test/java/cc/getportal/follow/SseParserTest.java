package cc.getportal.follow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the vectors cannot hold. */
class SseParserTest {
  @Test
  void a_byte_order_mark_is_passed_over() {
    assertEquals(List.of("a"), new SseParser().parse(bytes("\uFEFFdata: a\n\n")));
  }

  @Test
  void a_line_or_a_message_without_end_is_an_error_not_memory() {
    String piece = "x".repeat(100_000);
    for (String text : List.of(piece, "data: " + piece + "\n")) {
      var parser = new SseParser();
      assertThrows(
          IllegalStateException.class,
          () -> {
            for (int i = 0; i < 20; i += 1) parser.parse(bytes(text));
          });
    }
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }
}
