package cc.getportal.command.request;

import cc.getportal.KeyHandshake;
import cc.getportal.PortalRequest;
import cc.getportal.PortalSDK;
import cc.getportal.model.KeyHandshakeEvent;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Asks for a URL that a user opens in their wallet, which then tells you the user's key. */
public final class KeyHandshakeUrlRequest implements PortalRequest<KeyHandshake> {
  private final @Nullable String staticToken;
  private final @Nullable Boolean noRequest;
  private final @Nullable Consumer<? super KeyHandshakeEvent> onEvent;

  /**
   * For a single use.
   *
   * @param onEvent gets the scan, or its end
   */
  public KeyHandshakeUrlRequest(@Nullable Consumer<? super KeyHandshakeEvent> onEvent) {
    this(null, null, onEvent);
  }

  /**
   * With a token of your own.
   *
   * @param staticToken for any number of users; null for a single use
   * @param noRequest tells the wallet that no request will follow
   * @param onEvent gets each scan, and its end; once, in order, one after the other
   */
  public KeyHandshakeUrlRequest(
      @Nullable String staticToken,
      @Nullable Boolean noRequest,
      @Nullable Consumer<? super KeyHandshakeEvent> onEvent) {
    this.staticToken = staticToken;
    this.noRequest = noRequest;
    this.onEvent = onEvent;
  }

  @Override
  public CompletableFuture<KeyHandshake> sendTo(PortalSDK sdk) {
    return sdk.keyHandshake(staticToken, noRequest, onEvent);
  }
}
