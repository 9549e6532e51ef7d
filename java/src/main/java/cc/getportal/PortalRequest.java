package cc.getportal;

import java.util.concurrent.CompletableFuture;

/**
 * Something to ask the daemon, for {@link PortalSDK#sendCommand}.
 *
 * @param <R> what it answers
 */
@FunctionalInterface
public interface PortalRequest<R> {
  /**
   * Asks it.
   *
   * @param sdk the one to ask with
   * @return the answer, or a {@link cc.getportal.error.PortalException}
   */
  CompletableFuture<R> sendTo(PortalSDK sdk);
}
