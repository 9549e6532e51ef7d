package cc.getportal.follow;

import cc.getportal.error.PortalException;
import cc.getportal.http.Http;
import cc.getportal.http.Json;
import cc.getportal.http.World;
import com.google.gson.JsonObject;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/**
 * One event stream, from its request to its end. What HTTP says comes onto the SDK's thread, and
 * all else happens there.
 */
final class Listening implements BodySubscriber<String> {
  /** The daemon begins every stream at once; later than this, something holds it back. */
  private static final long FIRST_BYTE_MS = 5_000;

  /** Three of the daemon's heartbeats. */
  private static final long SILENCE_MS = 45_000;

  private final Http http;
  private final World world;
  private final HttpRequest request;
  private final Following<?> following;
  private final SseParser parser = new SseParser();

  private boolean opened = false;
  private boolean heard = false;
  private boolean telling = false;
  private boolean over = false;
  private Runnable endOnceTold = null;
  private Flow.Subscription bytes = null;
  private Runnable stopTimer = () -> {};
  private Runnable cancelRequest = () -> {};

  /** Sends nothing yet. */
  Listening(Http http, HttpRequest request, Following<?> following) {
    this.http = http;
    this.world = http.world();
    this.request = request;
    this.following = following;
  }

  /** The daemon, or something in between, took the request for a stream. */
  boolean opened() {
    return opened;
  }

  /** At least one byte of the stream came through. */
  boolean heard() {
    return heard;
  }

  void begin() {
    startTimer();
    var sent =
        http.send(
            request,
            info ->
                isStream(info.statusCode(), info.headers())
                    ? this
                    : BodySubscribers.ofString(StandardCharsets.UTF_8));
    cancelRequest = () -> sent.cancel(true);
    sent.whenComplete((response, failure) -> world.run(() -> answered(response, failure)));
  }

  void close() {
    over = true;
    stopTimer.run();
    cancelRequest.run();
    if (bytes != null) bytes.cancel();
  }

  private static boolean isStream(int status, HttpHeaders headers) {
    String type = headers.firstValue("content-type").orElse("");
    return status / 100 == 2 && type.contains("text/event-stream");
  }

  private void answered(HttpResponse<String> response, Throwable failure) {
    if (response == null) {
      if (failure != null) end(http.connectionFailed(request, failure));
      return;
    }
    PortalException refusal = http.refusal(response, 0);
    int status = response.statusCode();
    // 204: the log has ended, nothing follows.
    opened |= refusal == null && status != 204;
    if (!isStream(status, response.headers())) end(refusal);
  }

  /** At once: the answer counts as here when its headers are. */
  @Override
  public CompletionStage<String> getBody() {
    return CompletableFuture.completedFuture("");
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    world.run(
        () -> {
          bytes = given;
          if (over) given.cancel();
          else given.request(1);
        });
  }

  @Override
  public void onNext(List<ByteBuffer> pieces) {
    world.run(() -> read(pieces));
  }

  @Override
  public void onError(Throwable trouble) {
    world.run(() -> end(trouble));
  }

  @Override
  public void onComplete() {
    world.run(() -> end(null));
  }

  private void read(List<ByteBuffer> pieces) {
    if (over) return;
    opened = true;
    heard = true;
    stopTimer.run();
    var messages = new ArrayList<JsonObject>();
    telling = true;
    try {
      for (ByteBuffer piece : pieces) {
        for (String data : parser.parse(piece)) messages.add(Json.parse(data));
      }
    } catch (RuntimeException broken) {
      end(broken);
    }
    following.tell(messages.iterator()).whenComplete((done, trouble) -> goOn(trouble));
  }

  private void goOn(Throwable trouble) {
    telling = false;
    if (over) return;
    if (trouble != null) end(trouble);
    else if (endOnceTold != null) endOnceTold.run();
    else {
      startTimer();
      bytes.request(1);
    }
  }

  private void startTimer() {
    long limitMs = heard ? SILENCE_MS : FIRST_BYTE_MS;
    stopTimer =
        world.timer(
            limitMs,
            () -> {
              opened = true;
              end(http.timedOut(request, limitMs));
            });
  }

  /** What came before the end is told first. */
  private void end(Throwable trouble) {
    if (over) return;
    if (telling) {
      endOnceTold = () -> end(trouble);
      return;
    }
    close();
    following.streamEnded(this, trouble);
  }
}
