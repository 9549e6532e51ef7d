package cc.getportal.model;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** Which payments to list; all that is given must hold. Begin with {@link #ALL}. */
public final class PaymentFilter {
  /** Every payment. */
  public static final PaymentFilter ALL = new PaymentFilter(Map.of());

  private final Map<String, String> asked;

  private PaymentFilter(Map<String, String> asked) {
    this.asked = asked;
  }

  /**
   * Only those of one status.
   *
   * @param word {@code pending}, {@code paid}, … as in {@link PaymentDetails#status}
   * @return a new filter
   */
  public PaymentFilter status(String word) {
    return with("status", word);
  }

  /**
   * Only those of one user.
   *
   * @param key 64 hex characters or npub
   * @return a new filter
   */
  public PaymentFilter mainKey(String key) {
    return with("main_key", key);
  }

  /**
   * Only those of one subscription.
   *
   * @param id the subscription's
   * @return a new filter
   */
  public PaymentFilter subscriptionId(String id) {
    return with("subscription_id", id);
  }

  /**
   * Only those of one order.
   *
   * @param id your own order id
   * @return a new filter
   */
  public PaymentFilter requestId(String id) {
    return with("request_id", id);
  }

  /**
   * Only those whose money came after their end, or only the others.
   *
   * @param isLate which
   * @return a new filter
   */
  public PaymentFilter late(boolean isLate) {
    return with("late", isLate);
  }

  /**
   * Only those asked for at that time or later.
   *
   * @param unixSeconds that second included
   * @return a new filter
   */
  public PaymentFilter createdAfter(long unixSeconds) {
    return with("created_after", unixSeconds);
  }

  /**
   * Only those asked for before that time.
   *
   * @param unixSeconds that second not included
   * @return a new filter
   */
  public PaymentFilter createdBefore(long unixSeconds) {
    return with("created_before", unixSeconds);
  }

  /**
   * How many to a page.
   *
   * @param payments 1 to 100
   * @return a new filter
   */
  public PaymentFilter limit(int payments) {
    return with("limit", payments);
  }

  /**
   * The page after another one.
   *
   * @param nextCursor that page's {@link PaymentList#nextCursor}
   * @return a new filter
   */
  public PaymentFilter cursor(String nextCursor) {
    return with("cursor", nextCursor);
  }

  /**
   * What was asked for, as a URL has it.
   *
   * @return empty for all, else beginning with a question mark
   */
  public String query() {
    var text = new StringBuilder();
    for (var part : asked.entrySet()) {
      text.append(text.isEmpty() ? '?' : '&').append(part.getKey()).append('=');
      text.append(URLEncoder.encode(part.getValue(), StandardCharsets.UTF_8));
    }
    return text.toString();
  }

  private PaymentFilter with(String name, Object value) {
    Map<String, String> next = new LinkedHashMap<>(asked);
    next.put(name, value.toString());
    return new PaymentFilter(next);
  }
}
