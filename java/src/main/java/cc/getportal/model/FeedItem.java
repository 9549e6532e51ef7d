package cc.getportal.model;

import org.jspecify.annotations.Nullable;

/**
 * One event of the feed of all streams.
 *
 * @param position increasing over all streams, with gaps: store it when the event is handled
 * @param type {@code payment}, {@code key_handshake} or {@code authenticate_key}
 * @param streamId the stream it belongs to
 * @param paymentId the payment; null unless {@code type} is {@code payment}
 * @param requestId your order id, or the one made for it; null unless a payment
 * @param index dense from 0 in its stream
 * @param createdAt when it was committed, unix seconds
 * @param data a {@link PaymentStatus}, {@link KeyHandshakeEvent} or {@link AuthenticationEvent}; of
 *     a type that only a newer daemon knows, a {@link PaymentStatus.Progress} with its word
 */
public record FeedItem(
    long position,
    String type,
    String streamId,
    @Nullable String paymentId,
    @Nullable String requestId,
    long index,
    long createdAt,
    EventData data) {}
