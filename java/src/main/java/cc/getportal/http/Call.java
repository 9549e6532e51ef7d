package cc.getportal.http;

import cc.getportal.error.PortalException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** One request with its retries. But for its beginning, all happens on the SDK's thread. */
final class Call<T> {
  private static final long RETRY_FIRST_MS = 250;
  private static final long RETRY_MAX_MS = 4_000;

  /** The daemon answers within 10 s; longer than this, the connection is taken for dead. */
  private static final long ATTEMPT_MAX_MS = 20_000;

  private final Http http;
  private final World world;
  private final HttpRequest request;
  private final int accepted;
  private final int tries;
  private final long endMs;
  private final Function<String, T> read;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  private int failures = 0;
  private boolean over = false;
  private Runnable abort = () -> {};
  private Runnable leave = () -> {};

  Call(
      Http http,
      HttpRequest request,
      int accepted,
      int tries,
      long timeoutMs,
      Function<String, T> read) {
    this.http = http;
    this.world = http.world();
    this.request = request;
    this.accepted = accepted;
    this.tries = tries;
    this.endMs = world.nowMs() + timeoutMs;
    this.read = read;
  }

  CompletableFuture<T> begin() {
    // However it was completed: by us, or by a caller who does not want it any more.
    result.whenComplete((value, error) -> world.run(this::end));
    world.run(
        () -> {
          leave = http.enter(this::closed);
          attempt();
        });
    return result;
  }

  private void attempt() {
    if (over) return;
    int attempt = failures;
    long limitMs = Math.min(endMs - world.nowMs(), ATTEMPT_MAX_MS);
    var sent = http.send(request, BodyHandlers.ofString());
    Runnable stopTimer =
        world.timer(
            limitMs,
            () -> {
              sent.cancel(true);
              settle(attempt, null, http.timedOut(request, limitMs));
            });
    abort =
        () -> {
          stopTimer.run();
          sent.cancel(true);
        };
    sent.whenComplete(
        (response, failure) ->
            world.run(
                () -> {
                  stopTimer.run();
                  settle(attempt, response, failure);
                }));
  }

  private void settle(int attempt, HttpResponse<String> response, Throwable failure) {
    if (over || attempt != failures) return;
    if (failure instanceof PortalException late) {
      retry(late);
    } else if (response == null) {
      retry(http.connectionFailed(request, failure));
    } else {
      PortalException refusal = http.refusal(response, accepted);
      if (refusal == null) succeed(response);
      else retry(refusal);
    }
  }

  private void succeed(HttpResponse<String> response) {
    try {
      T value = read.apply(response.body());
      http.callback(() -> result.complete(value));
    } catch (RuntimeException unreadable) {
      fail(Problem.notPortal(http.where(request), response.statusCode(), unreadable));
    }
  }

  private void retry(PortalException error) {
    long waitMs = world.pauseMs(failures, error, RETRY_FIRST_MS, RETRY_MAX_MS);
    failures += 1;
    boolean mayPass = Http.mayPass(error) && !error.code().equals("invalid_answer");
    boolean inTime = failures < tries && world.nowMs() + waitMs < endMs;
    if (mayPass && inTime) abort = world.timer(waitMs, this::attempt);
    else fail(error);
  }

  private void fail(PortalException error) {
    http.callback(() -> result.completeExceptionally(error));
  }

  private void closed(PortalException error) {
    end();
    fail(error);
  }

  private void end() {
    over = true;
    abort.run();
    leave.run();
  }
}
