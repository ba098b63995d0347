package io.github.livemigration.simulation;

import java.util.ArrayList;
import java.util.List;

/** A process of the simulated hosts that runs product code: a sender, a receiver, a user. */
public final class Program {
  private static int count;

  private final String name;
  private final int pid;
  private final List<Task> tasks = new ArrayList<>();
  private boolean dead;

  /** Prepare. */
  public Program(String name) {
    count++;
    this.name = name;
    this.pid = count;
  }

  /** Returns the program of the thread that runs. */
  public static Program current() {
    return Scheduler.the().running().program();
  }

  /** Returns its process id. */
  public int pid() {
    return pid;
  }

  List<Task> tasks() {
    return tasks;
  }

  /** Returns whether it was killed. */
  public boolean isDead() {
    return dead;
  }

  void setDead() {
    dead = true;
  }

  @Override
  public String toString() {
    return name + " " + pid;
  }
}
