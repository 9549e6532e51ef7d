/** Commands for {@link cc.getportal.PortalSDK#sendCommand}: each a value, to be sent any time. */
@NullMarked
package cc.getportal.command.request;

import org.jspecify.annotations.NullMarked;
