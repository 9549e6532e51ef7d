package cc.getportal;

import cc.getportal.error.WebhookException;
import cc.getportal.http.Json;
import cc.getportal.model.FeedItem;
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

  private static final String VERSION = "v1,";

  private Webhooks() {}

  /**
   * What a webhook tells, once its signature holds. The same event may come more than once: its
   * {@link FeedItem#position} is then the same.
   *
   * <pre>{@code
   * FeedItem event = Webhooks.verify(request.body(), request::getHeader, "whsec_…");
   * if (event.data() instanceof PaymentStatus.Paid paid) ship(event.requestId());
   * }</pre>
   *
   * @param rawBody the request's body as it came, byte for byte
   * @param header looks a header up by its name, whatever its case; null for one that is not there
   * @param secret the endpoint's, as the daemon showed it: {@code whsec_…}
   * @return what happened
   * @throws WebhookException when it must not be believed
   */
  public static FeedItem verify(
      byte[] rawBody, UnaryOperator<@Nullable String> header, String secret) {
    return verify(rawBody, header, secret, Clock.systemUTC());
  }

  /**
   * The same with a clock of your own, for tests.
   *
   * @param rawBody the request's body as it came, byte for byte
   * @param header looks a header up by its name, whatever its case; null for one that is not there
   * @param secret the endpoint's, as the daemon showed it: {@code whsec_…}
   * @param clock what the time is
   * @return what happened
   * @throws WebhookException when it must not be believed
   */
  public static FeedItem verify(
      byte[] rawBody, UnaryOperator<@Nullable String> header, String secret, Clock clock) {
    check(rawBody, header, secret, clock);
    try {
      JsonObject body = Json.parse(new String(rawBody, StandardCharsets.UTF_8));
      return Json.read(body.get("data"), FeedItem.class);
    } catch (RuntimeException unreadable) {
      throw new WebhookException("bad_body", "the body is no event of a Portal daemon");
    }
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
      mac.update("%s.%d.".formatted(id, timestamp).getBytes(StandardCharsets.UTF_8));
      return VERSION.concat(Base64.getEncoder().encodeToString(mac.doFinal(rawBody)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java has HmacSHA256", impossible);
    }
  }

  /** Throws unless one of the signatures holds. */
  private static void check(
      byte[] rawBody, UnaryOperator<@Nullable String> header, String secret, Clock clock) {
    String id = required(header, "webhook-id");
    String sentAt = required(header, "webhook-timestamp");
    String signatures = required(header, "webhook-signature");
    if (!sentAt.matches("\\d{1,12}")) {
      throw new WebhookException("stale_timestamp", "webhook-timestamp must be unix seconds");
    }
    long timestamp = Long.parseLong(sentAt);
    long apartS = Math.abs(clock.instant().getEpochSecond() - timestamp);
    if (apartS > TOLERANCE_S) {
      String message = "webhook-timestamp is %d s from now; is your clock right?".formatted(apartS);
      throw new WebhookException("stale_timestamp", message);
    }
    byte[] expected = sign(id, timestamp, rawBody, secret).getBytes(StandardCharsets.UTF_8);
    // Several while a secret is being replaced.
    for (String signature : signatures.split(" ")) {
      byte[] given = signature.getBytes(StandardCharsets.UTF_8);
      if (MessageDigest.isEqual(expected, given)) return;
    }
    String message = "no signature holds: is it this endpoint's secret, and the body as it came?";
    throw new WebhookException("bad_signature", message);
  }

  private static String required(UnaryOperator<@Nullable String> header, String name) {
    String value = header.apply(name);
    if (value != null && !value.isEmpty()) return value;
    throw new WebhookException("missing_header", "there is no header ".concat(name));
  }

  private static byte[] key(String secret) {
    String text = secret.replaceFirst("^whsec_", "");
    // The decoder's own message could repeat the secret.
    if (text.matches("[A-Za-z0-9+/]+={0,2}")) return Base64.getDecoder().decode(text);
    throw new IllegalArgumentException("the webhook secret must be whsec_ and base64");
  }
}
