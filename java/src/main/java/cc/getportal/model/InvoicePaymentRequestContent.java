package cc.getportal.model;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which invoice to ask a user to pay; null is absent.
 *
 * @param description what the user is shown, at most 639 bytes of UTF-8
 * @param amount in the smallest unit of {@code currency}: millisats, 1 sat = 1000
 * @param currency {@link Currency#MILLISATS}
 * @param invoice BOLT11, of exactly {@code amount}
 * @param expiresAt when the request ends, unix seconds; at most, and unless given, the invoice's
 *     own end
 * @param subscriptionId ties this payment to a subscription
 * @param requestId your own order id; used before for that user, it is a conflict
 * @param metadata kept and given back, a JSON object of at most 4 KiB
 */
public record InvoicePaymentRequestContent(
    @Nullable String description,
    long amount,
    Currency currency,
    String invoice,
    @Nullable Long expiresAt,
    @Nullable String subscriptionId,
    @Nullable String requestId,
    @Nullable Map<String, @Nullable Object> metadata) {

  /**
   * Without what is rarely needed; see the methods that begin with {@code with}.
   *
   * @param description what the user is shown, at most 639 bytes of UTF-8
   * @param amount in the smallest unit of {@code currency}: millisats, 1 sat = 1000
   * @param currency {@link Currency#MILLISATS}
   * @param invoice BOLT11, of exactly {@code amount}
   */
  public InvoicePaymentRequestContent(
      @Nullable String description, long amount, Currency currency, String invoice) {
    this(description, amount, currency, invoice, null, null, null, null);
  }

  /**
   * The same with another end.
   *
   * @param unixSeconds not after the invoice's own
   * @return a new content
   */
  public InvoicePaymentRequestContent withExpiresAt(long unixSeconds) {
    return new InvoicePaymentRequestContent(
        description, amount, currency, invoice, unixSeconds, subscriptionId, requestId, metadata);
  }

  /**
   * The same under an order id of your own.
   *
   * @param id used on the wire and in look-ups
   * @return a new content
   */
  public InvoicePaymentRequestContent withRequestId(String id) {
    return new InvoicePaymentRequestContent(
        description, amount, currency, invoice, expiresAt, subscriptionId, id, metadata);
  }

  /**
   * The same with data of your own, which look-ups give back.
   *
   * @param json what JSON can say: strings, numbers, booleans, nulls, lists and maps
   * @return a new content
   */
  public InvoicePaymentRequestContent withMetadata(Map<String, @Nullable Object> json) {
    return new InvoicePaymentRequestContent(
        description, amount, currency, invoice, expiresAt, subscriptionId, requestId, json);
  }
}
