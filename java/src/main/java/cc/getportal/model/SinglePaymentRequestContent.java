package cc.getportal.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What to ask a user for; null is absent.
 *
 * @param description what the user is shown, at most 639 bytes of UTF-8
 * @param amount in the smallest unit of {@code currency}: millisats, 1 sat = 1000
 * @param currency {@link Currency#MILLISATS}
 * @param authToken handed to the wallet as it is
 * @param subscriptionId ties this payment to a subscription
 * @param requestId your own order id; used before for that user, it is a conflict
 * @param capture {@code manual}: what the user pays is held until you capture or cancel it, where
 *     the Lightning node can; {@code automatic} unless given
 * @param expiresIn how long the user has, in seconds: 5 to 86,400, 300 unless given
 * @param metadata kept and given back, a JSON object of at most 4 KiB
 */
public record SinglePaymentRequestContent(
    @Nullable String description,
    long amount,
    Currency currency,
    @Nullable String authToken,
    @Nullable String subscriptionId,
    @Nullable String requestId,
    @Nullable String capture,
    @Nullable Integer expiresIn,
    @Nullable Map<String, @Nullable Object> metadata) {

  /**
   * Without what is rarely needed; see the methods that begin with {@code with}.
   *
   * @param description what the user is shown, at most 639 bytes of UTF-8
   * @param amount in the smallest unit of {@code currency}: millisats, 1 sat = 1000
   * @param currency {@link Currency#MILLISATS}
   * @param authToken handed to the wallet as it is
   * @param subscriptionId ties this payment to a subscription
   */
  public SinglePaymentRequestContent(
      @Nullable String description,
      long amount,
      Currency currency,
      @Nullable String authToken,
      @Nullable String subscriptionId) {
    this(description, amount, currency, authToken, subscriptionId, null, null, null, null);
  }

  /**
   * The same under an order id of your own.
   *
   * @param id used on the wire and in look-ups
   * @return a new content
   */
  public SinglePaymentRequestContent withRequestId(String id) {
    return new SinglePaymentRequestContent(
        description, amount, currency, authToken, subscriptionId, id, capture, expiresIn, metadata);
  }

  /**
   * The same, whose money is held until you take it with {@link cc.getportal.Payment#capture}.
   *
   * @return a new content
   */
  public SinglePaymentRequestContent withManualCapture() {
    return new SinglePaymentRequestContent(
        description,
        amount,
        currency,
        authToken,
        subscriptionId,
        requestId,
        "manual",
        expiresIn,
        metadata);
  }

  /**
   * The same with another time limit.
   *
   * @param seconds 5 to 86,400
   * @return a new content
   */
  public SinglePaymentRequestContent withExpiresIn(int seconds) {
    return new SinglePaymentRequestContent(
        description,
        amount,
        currency,
        authToken,
        subscriptionId,
        requestId,
        capture,
        seconds,
        metadata);
  }

  /**
   * The same with data of your own, which look-ups give back.
   *
   * @param json what JSON can say: strings, numbers, booleans, nulls, lists and maps
   * @return a new content
   */
  public SinglePaymentRequestContent withMetadata(Map<String, @Nullable Object> json) {
    return new SinglePaymentRequestContent(
        description,
        amount,
        currency,
        authToken,
        subscriptionId,
        requestId,
        capture,
        expiresIn,
        json);
  }
}
