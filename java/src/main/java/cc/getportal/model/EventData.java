package cc.getportal.model;

import org.jspecify.annotations.Nullable;

/** What happened, by the type of the stream it happened in. */
public sealed interface EventData permits PaymentStatus, KeyHandshakeEvent, AuthenticationEvent {
  /**
   * The word that tells the kinds of one stream apart.
   *
   * @return as in the API, such as {@code user_approved}; null for a scan of a key handshake
   */
  @Nullable String status();
}
