package cc.getportal.model;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A payment as look-ups tell it.
 *
 * @param paymentId its id
 * @param streamId where its events are
 * @param requestId your own order id, or the one made for it
 * @param status {@code pending} before the first event; after the end it keeps its word
 * @param code with {@code timeout} and {@code error}, else null
 * @param reason in words, where there is one
 * @param mainKey the user's public key, 64 hex characters
 * @param subkeys other keys that may answer, declared or proven since, in hex
 * @param amount in the smallest unit of {@code currency}: millisats
 * @param currency what {@code amount} counts
 * @param capture {@code automatic} or {@code manual}, as asked for
 * @param captureBefore of what is held: past it the user gets the money back, unix seconds
 * @param description what the user is shown
 * @param invoice BOLT11; null while there is none
 * @param paymentHash 64 hex characters; null without invoice
 * @param preimage 64 hex characters, the proof of payment; null before the money is here, or if the
 *     node gives none
 * @param late whether money came after the end
 * @param createdAt when it was asked for, unix seconds
 * @param expiresAt when it ends if nothing happens, unix seconds
 * @param endedAt when it ended, unix seconds
 * @param paidAt when the money was seen, unix seconds
 * @param lateResolvedAt when late money was marked as dealt with, unix seconds
 * @param lateNote what was noted then
 * @param subscriptionId as given
 * @param metadata as given
 * @param delivery how far the request got
 * @param invoiceCancelled only in the answer to a cancellation; false where the Lightning node has
 *     no cancel or was not reached: what the wallet holds cannot be recalled, and money that comes
 *     all the same is told as late
 */
public record PaymentDetails(
    String paymentId,
    String streamId,
    String requestId,
    String status,
    @Nullable String code,
    @Nullable String reason,
    String mainKey,
    List<String> subkeys,
    long amount,
    Currency currency,
    String capture,
    @Nullable Long captureBefore,
    @Nullable String description,
    @Nullable String invoice,
    @Nullable String paymentHash,
    @Nullable String preimage,
    boolean late,
    long createdAt,
    long expiresAt,
    @Nullable Long endedAt,
    @Nullable Long paidAt,
    @Nullable Long lateResolvedAt,
    @Nullable String lateNote,
    @Nullable String subscriptionId,
    @Nullable Map<String, @Nullable Object> metadata,
    Delivery delivery,
    @Nullable Boolean invoiceCancelled) {

  /**
   * How far the request got.
   *
   * @param relays one for each relay it was sent to
   * @param answeredAt when the wallet first answered, unix seconds
   */
  public record Delivery(List<RelayDelivery> relays, @Nullable Long answeredAt) {}

  /**
   * What became of the request at one relay.
   *
   * @param url the relay
   * @param acceptedAt when it first took the request, unix seconds; null if it never did
   * @param error what it said last, when it did not take it
   */
  public record RelayDelivery(String url, @Nullable Long acceptedAt, @Nullable String error) {}
}
