package cc.getportal;

import cc.getportal.error.WebhookException;
import cc.getportal.http.Json;
import cc.getportal.model.FeedItem;
import cc.getportal.model.WebhookEvent;
import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.Base64;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Tells the daemon's webhooks from forged ones (Standard Webhooks 1.0, symmetric signatures). */
public final class Webhooks {
  /** How far the sender's clock and yours may be apart, and how old a copied request may be. */
  private static final long TOLERANCE_S = 300;

  private Webhooks() {}

  /**
   * What a webhook tells, once its signature proves that your daemon sent it and its timestamp that
   * it is no old one sent again. Answer 2xx within 15 s, or it comes again; so the same event can
   * come twice: {@code webhook-id} tells.
   *
   * <pre>{@code
   * WebhookEvent event = Webhooks.verify(rawBody, request::getHeader, "whsec_…");
   * if (event.type().equals("payment.paid")) ship(event.data().requestId());
   * }</pre>
   *
   * @param rawBody the request's body as it came, byte for byte, before anything parsed it
   * @param header looks a header up by its name, whatever its case; null for one that is not there
   * @param secrets {@code whsec_…}, or several while one is rotated out
   * @return what happened
   * @throws WebhookException when it must not be believed: answer 400 and do nothing
   */
  public static WebhookEvent verify(
      byte[] rawBody, UnaryOperator<@Nullable String> header, String... secrets) {
    return verify(rawBody, header, Clock.systemUTC(), secrets);
  }

  /**
   * The same with a clock of your own, for tests.
   *
   * @param rawBody the request's body as it came, byte for byte, before anything parsed it
   * @param header looks a header up by its name, whatever its case; null for one that is not there
   * @param clock what the time is
   * @param secrets {@code whsec_…}, or several while one is rotated out
   * @return what happened
   * @throws WebhookException when it must not be believed: answer 400 and do nothing
   */
  public static WebhookEvent verify(
      byte[] rawBody, UnaryOperator<@Nullable String> header, Clock clock, String... secrets) {
    String id = required(header, "webhook-id");
    long sentAt = checkTime(required(header, "webhook-timestamp"), clock);
    String signatures = required(header, "webhook-signature");
    boolean signed = false;
    for (String secret : secrets) {
      byte[] expected = bytes(sign(id, sentAt, rawBody, secret));
      // Several while a secret is rotated out. Compared in a time that tells nothing.
      for (String given : signatures.split(" ")) {
        signed |= MessageDigest.isEqual(expected, bytes(given));
      }
    }
    if (signed) return eventOf(new String(rawBody, StandardCharsets.UTF_8));
    String message = "no signature fits: another secret, or the body is not as it was sent";
    throw new WebhookException("signature_invalid", message);
  }

  /**
   * The signature a daemon would send, to test your own handler with.
   *
   * @param id for the header {@code webhook-id}
   * @param timestamp for the header {@code webhook-timestamp}, unix seconds
   * @param rawBody the body
   * @param secret {@code whsec_…}
   * @return for the header {@code webhook-signature}
   */
  public static String sign(String id, long timestamp, byte[] rawBody, String secret) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key(secret), "HmacSHA256"));
      mac.update(bytes("%s.%d.".formatted(id, timestamp)));
      return "v1,".concat(Base64.getEncoder().encodeToString(mac.doFinal(rawBody)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has HmacSHA256", impossible);
    }
  }

  private static long checkTime(String timestamp, Clock clock) {
    if (timestamp.matches("\\d{1,12}")) {
      long sentAt = Long.parseLong(timestamp);
      if (Math.abs(clock.instant().getEpochSecond() - sentAt) <= TOLERANCE_S) return sentAt;
    }
    String message = "webhook-timestamp is too far from now: sent again, or a wrong clock";
    throw new WebhookException("timestamp_invalid", message);
  }

  private static WebhookEvent eventOf(String text) {
    try {
      JsonObject body = Json.parse(text);
      boolean isItem = body.get("data") instanceof JsonObject data && data.has("position");
      FeedItem item = isItem ? Json.read(body.get("data"), FeedItem.class) : null;
      return new WebhookEvent(Json.string(body, "type"), Json.string(body, "timestamp"), item);
    } catch (RuntimeException unreadable) {
      String message = "the body is signed, but no event of a Portal daemon";
      throw new WebhookException("body_invalid", message);
    }
  }

  private static String required(UnaryOperator<@Nullable String> header, String name) {
    String value = header.apply(name);
    if (value != null && !value.isEmpty()) return value;
    throw new WebhookException("header_missing", "the header %s is missing".formatted(name));
  }

  private static byte[] key(String secret) {
    String text = secret.replaceFirst("^whsec_", "");
    try {
      if (!text.isEmpty()) return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException noBase64) {
      // Its message could repeat the secret.
    }
    throw new WebhookException("secret_invalid", "the secret is not \"whsec_\" and base64");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
