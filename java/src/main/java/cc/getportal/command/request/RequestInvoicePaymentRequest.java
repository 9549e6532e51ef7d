package cc.getportal.command.request;

import cc.getportal.Payment;
import cc.getportal.PortalRequest;
import cc.getportal.PortalSDK;
import cc.getportal.model.InvoicePaymentRequestContent;
import cc.getportal.model.PaymentStatus;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks a user to pay somebody's BOLT11 invoice. */
public final class RequestInvoicePaymentRequest implements PortalRequest<Payment> {
  private final String mainKey;
  private final List<String> subkeys;
  private final InvoicePaymentRequestContent content;
  private final @Nullable Consumer<? super PaymentStatus> onStatusChange;

  /**
   * Asks nobody yet.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   * @param content which invoice, and how much it names
   * @param onStatusChange gets each status once, in order, to the end, one after the other
   */
  public RequestInvoicePaymentRequest(
      String mainKey,
      List<String> subkeys,
      InvoicePaymentRequestContent content,
      @Nullable Consumer<? super PaymentStatus> onStatusChange) {
    this.mainKey = mainKey;
    this.subkeys = subkeys;
    this.content = content;
    this.onStatusChange = onStatusChange;
  }

  @Override
  public CompletableFuture<Payment> sendTo(PortalSDK sdk) {
    return sdk.requestInvoicePayment(mainKey, subkeys, content, onStatusChange, null);
  }
}
