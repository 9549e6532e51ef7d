package cc.getportal.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a daemon is.
 *
 * @param publicKey its own Nostr key, 64 hex characters
 * @param npub the same, as NIP-19 writes it
 * @param version its version
 * @param network {@code bitcoin}, {@code testnet}, {@code signet}, {@code regtest}; null until the
 *     Lightning node was reached for the first time
 * @param sandbox true: play money, nothing there is real
 * @param relays its own relays
 * @param lightning what makes the invoices: {@code sandbox}, {@code nwc}, …
 * @param logId which log this is; another one once the store was restored from a backup or another
 *     database server took it over
 */
public record Info(
    String publicKey,
    String npub,
    String version,
    @Nullable String network,
    boolean sandbox,
    List<String> relays,
    String lightning,
    String logId) {}
