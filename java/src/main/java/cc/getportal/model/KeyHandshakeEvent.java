package cc.getportal.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a key handshake: a user scanned the URL, or it is over.
 *
 * @param mainKey of a scan: the user's public key, 64 hex characters
 * @param preferredRelays of a scan: as the wallet sent them
 * @param clientInfo of a scan: what the wallet says it is
 * @param status of an end: {@code timeout}: nobody scanned it in time; {@code closed}: you closed
 *     it
 */
public record KeyHandshakeEvent(
    @Nullable String mainKey,
    @Nullable List<String> preferredRelays,
    @Nullable ClientInfo clientInfo,
    @Nullable String status)
    implements EventData {

  /**
   * A wallet's own word on itself.
   *
   * @param name its name
   * @param version its version
   */
  public record ClientInfo(String name, String version) {}
}
