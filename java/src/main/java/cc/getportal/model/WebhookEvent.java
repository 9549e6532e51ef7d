package cc.getportal.model;

import org.jspecify.annotations.Nullable;

/**
 * What a webhook tells. Ignore types you do not know, with a 2xx.
 *
 * @param type the type of {@code data} and its word, such as {@code payment.paid}; {@code
 *     webhook.test} when you asked for a test
 * @param timestamp when it happened, ISO 8601 in UTC
 * @param data the item of the feed; null of a test, and of what only a newer daemon tells
 */
public record WebhookEvent(String type, String timestamp, @Nullable FeedItem data) {}
