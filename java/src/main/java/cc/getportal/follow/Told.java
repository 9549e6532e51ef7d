package cc.getportal.follow;

import cc.getportal.http.World;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/**
 * One subscriber: told items in turn, no more than it asked for, one call at a time (Reactive
 * Streams §1 and §3). Its state is touched on the SDK's thread only; the subscriber is called where
 * callbacks run.
 */
final class Told<T> implements Flow.Subscription {
  private final Follower follower;
  private final World world;
  private final Flow.Subscriber<? super T> subscriber;
  private Runnable onFirstRequest = () -> {};
  private Runnable onCancel = () -> {};

  private long demand = 0;
  private boolean calling = false;
  private boolean over = false;
  private T waiting = null;
  private CompletableFuture<Void> taken = new CompletableFuture<>();
  private Runnable last = null;

  /** Says nothing yet. */
  Told(Follower follower, Flow.Subscriber<? super T> subscriber) {
    this.follower = follower;
    this.world = follower.http().world();
    this.subscriber = subscriber;
  }

  /** Says hello; from then on, {@code firstRequest} and {@code cancel} may be called. */
  void begin(Runnable firstRequest, Runnable cancel) {
    onFirstRequest = firstRequest;
    onCancel = cancel;
    call(() -> subscriber.onSubscribe(this));
  }

  /** Done once the subscriber has taken the item. */
  CompletableFuture<Void> take(T item) {
    waiting = item;
    taken = new CompletableFuture<>();
    CompletableFuture<Void> done = taken;
    goOn();
    return done;
  }

  /** Says so after the item that is still to be taken. */
  void complete() {
    last = subscriber::onComplete;
    goOn();
  }

  /** Says so at once. */
  void fail(Throwable error) {
    waiting = null;
    last = () -> subscriber.onError(error);
    goOn();
  }

  @Override
  public void request(long count) {
    world.run(() -> add(count));
  }

  @Override
  public void cancel() {
    world.run(this::stop);
  }

  private void add(long count) {
    if (over) return;
    if (count <= 0) {
      onCancel.run();
      fail(new IllegalArgumentException("§3.9: at least one item must be asked for"));
      return;
    }
    demand = demand + count < 0 ? Long.MAX_VALUE : demand + count;
    Runnable first = onFirstRequest;
    onFirstRequest = () -> {};
    first.run();
    goOn();
  }

  private void stop() {
    over = true;
    waiting = null;
    onCancel.run();
  }

  private void goOn() {
    if (over || calling) return;
    T item = waiting;
    if (item != null && demand > 0) {
      demand -= 1;
      waiting = null;
      call(() -> subscriber.onNext(item));
    } else if (item == null && last != null) {
      over = true;
      call(last);
    }
  }

  private void call(Runnable signal) {
    calling = true;
    follower
        .http()
        .callback(
            () -> {
              boolean worked = attempt(signal);
              world.run(() -> called(worked));
            });
  }

  private boolean attempt(Runnable signal) {
    try {
      signal.run();
      return true;
    } catch (RuntimeException | Error thrown) {
      follower.report(thrown);
      return false;
    }
  }

  private void called(boolean worked) {
    calling = false;
    // §2.13: whoever throws wants no more.
    if (!worked) stop();
    else if (waiting == null) taken.complete(null);
    goOn();
  }
}
