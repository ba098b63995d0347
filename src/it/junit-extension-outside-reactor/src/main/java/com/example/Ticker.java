package com.example;

/** Print numbers for as long as it runs. */
public final class Ticker {

  private Ticker() {}

  public static void main(String[] arguments) throws InterruptedException {
    for (long number = 1; ; number++) {
      System.out.println(number);
      Thread.sleep(5);
    }
  }
}
