/** Ask a Portal daemon for Lightning payments; begin at {@link cc.getportal.PortalSDK}. */
@NullMarked
package cc.getportal;

import org.jspecify.annotations.NullMarked;
