/**
 * Following the daemon's logs: every item once and in order, through cut connections, restarts of
 * the daemon, and proxies that let no stream through. Not for users.
 */
package cc.getportal.follow;
