package com.example;

/** Print {@code tick N} lines for as long as it runs, while threads of its own are at work. */
public final class Ticker {

  private Ticker() {}

  public static void main(String[] arguments) throws InterruptedException {
    int workers = Integer.parseInt(arguments[0]);
    for (int i = 0; i < workers; i++) {
      Thread worker = new Thread(Ticker::work, "worker-" + i);
      worker.setDaemon(true);
      worker.start();
    }
    for (long number = 1; ; number++) {
      System.out.println("tick " + number);
      Thread.sleep(5);
    }
  }

  private static void work() {
    StringBuilder text = new StringBuilder();
    while (text.length() >= 0) {
      text.append(System.nanoTime());
      if (text.length() > 100_000) {
        text = new StringBuilder();
      }
    }
  }
}
