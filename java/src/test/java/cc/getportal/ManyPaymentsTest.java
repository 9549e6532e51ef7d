package cc.getportal;

import static cc.getportal.Setting.APPROVED;
import static cc.getportal.Setting.PAID;
import static cc.getportal.Setting.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Many payments in flight on one SDK, in a small program of their own. */
class ManyPaymentsTest {
  private static final int PAYMENTS = 1_000;
  private static final int HEAP_MIB = 64;

  /** Three pools and the machine's own; none of them grows with the payments. */
  private static final int THREADS_MAX = 30;

  @Test
  void a_thousand_payments_need_64_mib_of_heap_and_no_thread_each() throws Exception {
    try (var daemon = new FakeDaemon()) {
      Process program = start(daemon.url());
      try (var out =
          new BufferedReader(
              new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8))) {
        until(() -> daemon.readers() == PAYMENTS || !program.isAlive());
        List<String> streams = daemon.streams();
        for (String stream : streams) daemon.tell(stream, APPROVED);
        String line = out.readLine();
        assertTrue(line != null && line.startsWith("open "), "the program said: " + line);
        for (String stream : streams) daemon.tell(stream, PAID);
        assertEquals("paid " + PAYMENTS, out.readLine());
        assertEquals(0, program.waitFor());
        String[] figures = line.split(" ");
        System.out.printf(
            "%d payments open: %s threads, %s KiB of heap%n", PAYMENTS, figures[1], figures[2]);
        int threads = Integer.parseInt(figures[1]);
        assertTrue(threads <= THREADS_MAX, threads + " threads");
      } finally {
        program.destroyForcibly();
      }
    }
  }

  private static Process start(String url) throws Exception {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ProcessBuilder(
            java, "-Xmx" + HEAP_MIB + "m", "-cp", path, Program.class.getName(), url)
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Asks for all payments at once, says what they cost while all are open, and ends by itself. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) throws Exception {
      var sdk = new PortalSDK(args[0], FakeDaemon.TOKEN);
      var approved = new CountDownLatch(PAYMENTS);
      var asked = new ArrayList<CompletableFuture<Payment>>();
      for (int i = 0; i < PAYMENTS; i += 1) {
        asked.add(
            sdk.requestSinglePayment(
                Setting.USER,
                List.of(),
                Setting.ORDER,
                status -> {
                  if (status.status().equals("user_approved")) approved.countDown();
                },
                null));
      }
      approved.await();
      System.gc();
      Runtime memory = Runtime.getRuntime();
      long usedKib = (memory.totalMemory() - memory.freeMemory()) / 1024;
      int threads = ManagementFactory.getThreadMXBean().getThreadCount();
      System.out.println("open " + threads + " " + usedKib);
      int paid = 0;
      for (var payment : asked) {
        if (payment.get().done().get().status().equals("paid")) paid += 1;
      }
      System.out.println("paid " + paid);
    }
  }
}
