/** Asks a Portal daemon for Lightning payments; begin at {@link cc.getportal.PortalSDK}. */
module cc.getportal.sdk {
  requires transitive java.net.http;
  requires com.google.gson;
  requires static org.jspecify;

  exports cc.getportal;
  exports cc.getportal.command.request;
  exports cc.getportal.error;
  exports cc.getportal.model;

  opens cc.getportal to
      com.google.gson;
  opens cc.getportal.model to
      com.google.gson;
}
