package cc.getportal.model;

import org.jspecify.annotations.Nullable;

/**
 * How an authentication ended.
 *
 * @param status {@code approved}, {@code declined}, or {@code timeout}: no answer came within 300 s
 * @param userKey approved: the key that is proven, 64 hex characters
 * @param sessionToken approved: the JWT that the wallet issued
 * @param sessionTokenValid approved, and that is an ES256K JWT of that key, made for this daemon,
 *     in its lifetime
 * @param reason declined: in words, at most 500 characters
 */
public record AuthenticationEvent(
    String status,
    @Nullable String userKey,
    @Nullable String sessionToken,
    boolean sessionTokenValid,
    @Nullable String reason)
    implements EventData {}
