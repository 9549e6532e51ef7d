package cc.getportal;

import cc.getportal.follow.Follower;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How something ends: the last it tells. Found out when first asked for. */
final class Outcome<T> implements Flow.Subscriber<T> {
  private final Flow.Publisher<T> told;
  private final Follower follower;
  private final @Nullable Consumer<? super T> each;
  private final AtomicBoolean asked = new AtomicBoolean();
  private final CompletableFuture<T> end = new CompletableFuture<>();

  private Flow.@Nullable Subscription subscription = null;
  private @Nullable T last = null;

  /**
   * Listens at once if there is somebody to tell.
   *
   * @param each gets everything that is told, one after the other, before it ends
   */
  Outcome(Flow.Publisher<T> told, @Nullable Consumer<? super T> each, Follower follower) {
    this.told = told;
    this.follower = follower;
    this.each = each;
    if (each != null) future();
  }

  /** A future of the caller's own, to be cancelled without harm. */
  CompletableFuture<T> future() {
    if (asked.compareAndSet(false, true)) told.subscribe(this);
    return end.copy();
  }

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    given.request(1);
  }

  @Override
  public void onNext(T item) {
    last = item;
    try {
      if (each != null) each.accept(item);
    } catch (RuntimeException thrown) {
      follower.report(thrown);
    }
    if (subscription != null) subscription.request(1);
  }

  @Override
  public void onError(Throwable error) {
    end.completeExceptionally(error);
    follower.report(error);
  }

  @Override
  public void onComplete() {
    end.complete(last);
  }
}
