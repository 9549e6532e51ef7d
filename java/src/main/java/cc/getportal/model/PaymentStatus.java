package cc.getportal.model;

import org.jspecify.annotations.Nullable;

/**
 * What happened to a payment: it goes on, or it has ended {@link Paid} or {@link Unpaid}. Every
 * payment ends in exactly one {@link End}; only a {@link Paid} that is late may follow it, in the
 * feed and in webhooks.
 */
public sealed interface PaymentStatus extends EventData {
  @Override
  String status();

  /** What a payment ends with. */
  sealed interface End extends PaymentStatus {}

  /**
   * Neither paid nor over.
   *
   * @param status {@code user_approved}: the user said yes, the money is not here yet; {@code
   *     user_failed}: the wallet tried and could not pay, but the invoice stays payable; {@code
   *     held}: with manual capture, the money is held until you take it; or a word that only a
   *     newer daemon knows
   * @param reason of {@code user_failed}: in words, at most 500 characters
   * @param captureBefore of {@code held}: past it the user gets the money back, unix seconds
   */
  record Progress(String status, @Nullable String reason, @Nullable Long captureBefore)
      implements PaymentStatus {}

  /**
   * The money is here.
   *
   * @param preimage 64 hex characters, the proof of payment: store it; null if the node gives none
   * @param late whether it came after the payment had ended otherwise
   */
  record Paid(@Nullable String preimage, boolean late) implements End {
    @Override
    public String status() {
      return "paid";
    }
  }

  /**
   * It is over, and no money came.
   *
   * @param status {@code user_rejected}, {@code timeout} or {@code error}
   * @param code of {@code timeout}: {@code no_relay} (no relay took the request), {@code
   *     unanswered}, {@code unpaid} (approved or failed, never paid), {@code unproven} (someone
   *     else's invoice and no proof came, which is not "no money moved": never ask again by
   *     yourself); of {@code error}: {@code no_invoice} (the Lightning node never made one), {@code
   *     cancelled} (by you), {@code capture_expired} (held, and not captured in time: the user was
   *     not charged), {@code internal}; null of {@code user_rejected}
   * @param reason in words, at most 500 characters
   */
  record Unpaid(String status, @Nullable String code, String reason) implements End {}
}
