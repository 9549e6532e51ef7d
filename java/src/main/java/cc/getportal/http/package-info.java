/**
 * One JSON request over HTTP, tried again where that is safe and can help. Not for users.
 *
 * <p>All the SDK's own state is touched on one thread alone, so that there are no locks and nothing
 * blocks.
 */
package cc.getportal.http;
