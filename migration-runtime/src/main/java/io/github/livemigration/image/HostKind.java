package io.github.livemigration.image;

import static io.github.livemigration.image.KindFacts.carried;
import static io.github.livemigration.image.KindFacts.changed;
import static io.github.livemigration.image.KindFacts.conditional;

/** What a process has of the host that it runs on. */
public enum HostKind implements StateKind {
  CLOCKS(
      carried("CLOCK_MONOTONIC and CLOCK_BOOTTIME go on, never back").shownBy("TimeNamespaceIT")),
  PROCESSOR(
      conditional(
              "processor features",
              "the target may use them and the destination's processor lacks them",
              "choose a destination whose processor is of the same vendor and has all features of"
                  + " the source's")
          .shownBy("HostObstacleTest")),
  KERNEL(
      conditional(
              "another kernel",
              "its vdso has all functions of the source's; the ways into the old one lead to it then",
              "choose a destination with the same kernel, or a newer one")
          .shownBy("OtherVdsoIT")),
  MEMORY(
      conditional(
              "free memory of the destination",
              "the destination has less memory available than the target holds",
              "free memory there")
          .shownBy("HostObstacleTest")),
  MAPPINGS(
      conditional(
              "number of mappings that the destination permits (vm.max_map_count)",
              "the destination permits fewer mappings than the target has",
              "raise vm.max_map_count there")
          .shownBy("HostObstacleTest")),
  THREADS(
      conditional(
              "number of threads that the destination permits (kernel.threads-max, kernel.pid_max)",
              "the destination permits fewer threads than the target has",
              "raise kernel.threads-max and kernel.pid_max there")
          .shownBy("HostObstacleTest")),
  PID_ONE(
      conditional(
              "the id of the process in the new namespace",
              "pid 1 of the new namespace is its init's",
              "move another process of the tree")
          .shownBy("HostObstacleTest")),
  POLICY(
      conditional(
              "the policy of the receiver",
              "the receiver does not admit it",
              "choose another receiver, or change its options --allow-… and --max-…")
          .shownBy("ReceiverPolicyTest")),
  CONTROL_GROUP(
      changed("control groups", "the process joins the receiver's, with their limits")
          .shownBy("RepeatedMigrationIT")),
  HOST_NAMES(
      changed("host name, network, mounts", "the process sees those of the receiver")
          .shownBy("RepeatedMigrationIT")),
  KEYRINGS(
      changed(
              "kernel keyrings",
              "keys of thread, process and session stay on the source; it has the receiver's session"
                  + " keyring")
          .shownBy("RepeatedMigrationIT")),
  SECURITY_MODULES(
      changed(
              "Landlock domains, SELinux and AppArmor labels, PR_SET_PTRACER, the login of audit(7)",
              "the kernel does not let a Landlock domain be read: it is lost, so do not move a program"
                  + " that confines itself by Landlock; label and login are those of the receiver, and nobody"
                  + " but root and the parent may trace it under Yama")
          .shownBy("RepeatedMigrationIT"));

  @SuppressWarnings("ImmutableEnumChecker") // A record of texts is immutable.
  private final KindFacts facts;

  HostKind(KindFacts facts) {
    this.facts = facts;
  }

  @Override
  public KindFacts facts() {
    return facts;
  }
}
