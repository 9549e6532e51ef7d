package cc.getportal.http;

import cc.getportal.error.RateLimitException;
import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/**
 * The only place where the SDK touches the machine it runs on: clock, timers, randomness, threads.
 * Its threads end when there is nothing to do; as long as a timer is set (and one is as long as
 * anything is waited for), they keep the program alive. Tests make time run faster.
 */
public class World {
  private static final long IDLE_S = 1;

  private final ScheduledThreadPoolExecutor loop = workers("portal-sdk", 1, false);

  /** Unix milliseconds. */
  public long nowMs() {
    return System.currentTimeMillis();
  }

  /**
   * How long to wait before try {@code failures + 1}, in milliseconds.
   *
   * @param error what went wrong, which may ask for more; null for nothing
   */
  public final long pauseMs(int failures, Throwable error, long firstMs, long maxMs) {
    long ownMs = pauseMs(failures, ThreadLocalRandom.current().nextDouble(), firstMs, maxMs);
    Duration asked = error instanceof RateLimitException limited ? limited.retryAfter() : null;
    return asked == null ? ownMs : asked.toMillis() + ownMs / 2;
  }

  /**
   * Doubles from {@code firstMs} up to {@code maxMs}, and is anywhere in the upper half of that, so
   * that clients of a restarted daemon do not all return at once.
   *
   * @param random from 0 up to 1
   */
  public static long pauseMs(int failures, double random, long firstMs, long maxMs) {
    double fullMs = Math.min(maxMs, firstMs * Math.pow(2, Math.min(failures, 30)));
    return Math.round(fullMs * (0.5 + random / 2));
  }

  /** Runs it on the SDK's thread, after what was handed over before. */
  public final void run(Runnable task) {
    loop.execute(() -> runLoudly(task));
  }

  /** Runs it on the SDK's thread once {@code ms} milliseconds are over; returns what cancels it. */
  public Runnable timer(long ms, Runnable fire) {
    var timer = loop.schedule(() -> runLoudly(fire), ms, TimeUnit.MILLISECONDS);
    return () -> timer.cancel(false);
  }

  /** At most {@code threads} of that name, none while there is nothing to do. */
  public static ScheduledThreadPoolExecutor workers(String name, int threads, boolean daemon) {
    ThreadFactory factory =
        task -> {
          var thread = new Thread(task, name);
          thread.setDaemon(daemon);
          return thread;
        };
    var pool = new ScheduledThreadPoolExecutor(threads, factory);
    pool.setKeepAliveTime(IDLE_S, TimeUnit.SECONDS);
    pool.allowCoreThreadTimeOut(true);
    pool.setRemoveOnCancelPolicy(true);
    return pool;
  }

  /** The executor would swallow what a task throws: a bug of ours must be seen. */
  private static void runLoudly(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error bug) {
      Thread thread = Thread.currentThread();
      thread.getUncaughtExceptionHandler().uncaughtException(thread, bug);
    }
  }
}
