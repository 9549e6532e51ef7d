package cc.getportal.command.request;

import cc.getportal.PortalRequest;
import cc.getportal.PortalSDK;
import cc.getportal.model.AuthenticationEvent;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks a user to prove that a key is theirs. */
public final class AuthenticateKeyRequest implements PortalRequest<AuthenticationEvent> {
  private final String mainKey;
  private final List<String> subkeys;

  /**
   * Asks nobody yet.
   *
   * @param mainKey the user's public key, 64 hex characters or npub
   * @param subkeys further keys of that user that are asked and may answer, at most 8
   */
  public AuthenticateKeyRequest(String mainKey, List<String> subkeys) {
    this.mainKey = mainKey;
    this.subkeys = subkeys;
  }

  @Override
  public CompletableFuture<AuthenticationEvent> sendTo(PortalSDK sdk) {
    return sdk.authenticateKey(mainKey, subkeys);
  }
}
