package cc.getportal.http;

import cc.getportal.error.AuthException;
import cc.getportal.error.ConflictException;
import cc.getportal.error.ConnectionException;
import cc.getportal.error.InvalidRequestException;
import cc.getportal.error.NotFoundException;
import cc.getportal.error.PortalException;
import cc.getportal.error.RateLimitException;
import cc.getportal.error.ServerException;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;

/** From an answer that is not 2xx to the exception it means (RFC 9457 problem details). Pure. */
public final class Problem {
  private static final int TEXT_MAX = 1000;

  private Problem() {}

  /**
   * The exception a refused request fails with; {@code code} decides, and the HTTP status where
   * there is none.
   *
   * @param where for messages, as in {@code POST /payments/single}
   * @param retryAfter that header; null for none
   */
  public static PortalException of(
      String where, int status, String text, String retryAfter, long nowMs) {
    JsonObject problem = parse(text);
    Duration wait = retryAfter(retryAfter, nowMs);
    String code = string(problem, "code");
    PortalException error = code == null ? null : of(code, where, status, problem, wait);
    if (error == null) error = of(codeOfStatus(status), where, status, problem, wait);
    return error == null ? notPortal(where, status, null) : error;
  }

  /** What answers there does not speak Portal's API. */
  public static ConnectionException notPortal(String where, int status, Throwable cause) {
    String text = "%s answered %d, but not as a Portal daemon does; is baseUrl right?";
    return new ConnectionException("invalid_answer", text.formatted(where, status), status, cause);
  }

  /** Null for a code that no daemon has. */
  private static PortalException of(
      String code, String where, int status, JsonObject problem, Duration wait) {
    String detail = string(problem, "detail");
    if (detail == null) detail = string(problem, "title");
    if (detail == null) detail = "HTTP %d".formatted(status);
    String message = "%s (%s: %d %s)".formatted(detail, where, status, code);
    return switch (code) {
      case "unauthorized", "forbidden" -> new AuthException(code, message, status);
      case "invalid_request", "too_large" ->
          new InvalidRequestException(code, message, status, string(problem, "field"));
      case "conflict", "payment_ended", "idempotency_mismatch" ->
          new ConflictException(code, message, status);
      case "not_found" -> new NotFoundException(code, message, status);
      case "rate_limited" -> new RateLimitException(message, status, wait);
      case "unavailable", "internal" -> new ServerException(code, message, status);
      default -> null;
    };
  }

  /**
   * Statuses that proxies answer by themselves mean the same from them; the rest is the daemon's to
   * say.
   */
  private static String codeOfStatus(int status) {
    return switch (status) {
      case 401 -> "unauthorized";
      case 403 -> "forbidden";
      case 413 -> "too_large";
      case 429 -> "rate_limited";
      case 502, 503, 504 -> "unavailable";
      default -> status >= 500 ? "internal" : "invalid_answer";
    };
  }

  /**
   * The time asked for by Retry-After (RFC 9110 §10.2.3: seconds, or a date), never negative; null
   * when it is not said.
   */
  public static Duration retryAfter(String header, long nowMs) {
    if (header == null || header.isBlank()) return null;
    String text = header.strip();
    // More digits than that are more than 31 years.
    if (text.matches("\\d+"))
      return Duration.ofSeconds(Long.parseLong(text.length() > 9 ? "999999999" : text));
    try {
      var at = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME);
      long leftMs = at.toInstant().toEpochMilli() - nowMs;
      return Duration.ofSeconds(Math.max(0, (leftMs + 999) / 1000));
    } catch (DateTimeParseException notADate) {
      return null;
    }
  }

  private static JsonObject parse(String text) {
    try {
      return Json.parse(text);
    } catch (JsonParseException noJson) {
      return new JsonObject();
    }
  }

  /** Null for none. */
  private static String string(JsonObject problem, String name) {
    String text = Json.stringOrNull(problem, name);
    return text == null ? null : text.substring(0, Math.min(TEXT_MAX, text.length()));
  }
}
