package cc.getportal.command.request;

import cc.getportal.Payment;
import cc.getportal.PortalRequest;
import cc.getportal.PortalSDK;
import cc.getportal.model.PaymentStatus;
import cc.getportal.model.SinglePaymentRequestContent;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks a user for a payment to your Lightning node. */
public final class RequestSinglePaymentRequest implements PortalRequest<Payment> {
  private final String mainKey;
  private final List<String> subkeys;
  private final SinglePaymentRequestContent content;
  private final @Nullable Consumer<? super PaymentStatus> onStatusChange;

  /**
   * Asks nobody yet.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   * @param content what for, and how much
   * @param onStatusChange gets each status once, in order, to the end, one after the other
   */
  public RequestSinglePaymentRequest(
      String mainKey,
      List<String> subkeys,
      SinglePaymentRequestContent content,
      @Nullable Consumer<? super PaymentStatus> onStatusChange) {
    this.mainKey = mainKey;
    this.subkeys = subkeys;
    this.content = content;
    this.onStatusChange = onStatusChange;
  }

  @Override
  public CompletableFuture<Payment> sendTo(PortalSDK sdk) {
    return sdk.requestSinglePayment(mainKey, subkeys, content, onStatusChange, null);
  }
}
