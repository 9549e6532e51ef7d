package cc.getportal.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a daemon can do its work.
 *
 * @param ready store, Lightning and at least one own relay work, and it is warm
 * @param store a write was read back
 * @param lightning the Lightning node answered
 * @param relays its own relays
 * @param warm false in the first seconds after a start, when payments cost more
 */
public record Readiness(
    boolean ready, boolean store, boolean lightning, List<RelayCheck> relays, boolean warm) {

  /**
   * A relay as the last round trip found it.
   *
   * @param url the relay
   * @param ok whether it came back
   * @param checkedAt when it ended, unix seconds; null before the first
   */
  public record RelayCheck(String url, boolean ok, @Nullable Long checkedAt) {}
}
