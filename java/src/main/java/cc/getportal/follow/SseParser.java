package cc.getportal.follow;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Server-sent events as the HTML standard parses them (§9.2.6), fed with bytes in any pieces.
 * Comments and all fields but {@code data} are passed over: an event of ours names its own place.
 */
public final class SseParser {
  /** No message of ours comes near; a peer that sends more is not the daemon. */
  private static final int SIZE_MAX = 1_000_000;

  private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
  private final StringBuilder data = new StringBuilder();
  private boolean hasData = false;
  private boolean afterCr = false;
  private boolean atStart = true;

  /**
   * The data of each message that these bytes complete. Throws IllegalStateException on a message
   * over 1,000,000 bytes.
   */
  public List<String> parse(ByteBuffer bytes) {
    List<String> messages = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte next = bytes.get();
      boolean secondOfCrlf = afterCr && next == '\n';
      afterCr = next == '\r';
      if (secondOfCrlf) continue;
      if (next == '\r' || next == '\n') endLine(messages);
      else line.write(next);
      if (line.size() + data.length() > SIZE_MAX) {
        throw new IllegalStateException("server-sent event too large");
      }
    }
    return messages;
  }

  private void endLine(List<String> messages) {
    String text = line.toString(StandardCharsets.UTF_8);
    line.reset();
    if (atStart && text.startsWith("\uFEFF")) text = text.substring(1);
    atStart = false;
    if (!text.isEmpty()) {
      field(text);
    } else if (hasData) {
      messages.add(data.toString());
      data.setLength(0);
      hasData = false;
    }
  }

  private void field(String text) {
    int colon = text.indexOf(':');
    String name = colon < 0 ? text : text.substring(0, colon);
    if (!name.equals("data")) return;
    String value = colon < 0 ? "" : text.substring(colon + 1);
    if (hasData) data.append('\n');
    data.append(value.startsWith(" ") ? value.substring(1) : value);
    hasData = true;
  }
}
