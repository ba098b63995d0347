package io.github.livemigration.image;

import static io.github.livemigration.image.KindFacts.carried;
import static io.github.livemigration.image.KindFacts.changed;
import static io.github.livemigration.image.KindFacts.conditional;
import static io.github.livemigration.image.KindFacts.refused;

/** Kinds of state that a process has as a whole. */
public enum ProcessKind implements StateKind {
  PID(carried("process id and thread ids").shownBy("RepeatedMigrationIT")),
  CREDENTIALS(
      conditional(
              "user and group ids, supplementary groups, all capability sets, secure bits, of each"
                  + " thread for itself",
              "a receiver that is not root gives only its own ids and groups and no capabilities;"
                  + " getgroups(2) then shows supplementary groups as 65534, though they count",
              "run the receiver as root, or as the target's user")
          .shownBy("IdentityIT")),
  NO_NEW_PRIVILEGES(carried("PR_SET_NO_NEW_PRIVS, PR_SET_KEEPCAPS").shownBy("IdentityIT")),
  DUMPABLE(
      conditional(
              "PR_SET_DUMPABLE",
              "0 and 1 are carried; 2, \"only root may read its core dumps\", is only given by the"
                  + " kernel (fs.suid_dumpable) and cannot be set again",
              "have it call prctl(PR_SET_DUMPABLE, 0)")
          .shownBy("IdentityIT")),
  LIMITS(
      carried("resource limits")
          .note(
              "a limit above the receiver's own takes CAP_SYS_RESOURCE there; without, it is set as"
                  + " far as possible and named in a warning")
          .shownBy("IdentityIT")),
  SWITCHES(
      carried(
              "PR_SET_MDWE, PR_SET_THP_DISABLE, PR_SET_MEMORY_MERGE, PR_SET_CHILD_SUBREAPER,"
                  + " coredump_filter")
          .shownBy("IdentityIT")),
  MEMORY_BARRIERS(
      carried("registration for membarrier(2)")
          .note(
              "told by Linux 6.3; each kind takes several milliseconds while the process stands"
                  + " still, as the kernel waits for all processors")
          .shownBy("IdentityIT")),
  OOM_SCORE(
      carried("oom_score_adj")
          .note("to lower it takes CAP_SYS_RESOURCE; without, a warning names it")
          .shownBy("IdentityIT")),
  UMASK(carried("umask").shownBy("CarriedStateIT")),
  WORKING_DIRECTORY(
      conditional(
              "working directory, also one that was deleted",
              "the destination must have a directory of this path, inside of the target's root",
              "create it on the destination, or have the target change to another directory")
          .shownBy("PlaceIT")),
  ROOT_DIRECTORY(
      conditional(
              "root directory other than / (chroot)",
              "the destination must have it, and the target must have the sender's mounts",
              "copy the directory to the destination; run the sender in the target's mount"
                  + " namespace (nsenter --mount)")
          .shownBy("PlaceIT")),
  SESSION(
      changed(
              "session and process group",
              "a leader leads a new one of the same id; others join that of the new namespace's"
                  + " init")
          .shownBy("CarriedStateIT")),
  PARENT(
      changed("parent process", "pid 1 of the new PID namespace").shownBy("RepeatedMigrationIT")),
  CHILDREN(
      refused(
              "child processes",
              "it has child processes, and process trees are not carried yet",
              "move one of the children, or wait until they have ended")
          .shownBy("RefusalIT")),
  STOPPED(
      carried("being stopped (SIGSTOP, Ctrl-Z)")
          .note("until SIGCONT, as before")
          .shownBy("StoppedProcessIT")),
  SECCOMP(
      conditional(
              "seccomp, strict or with filters, of each thread for itself",
              "sender and receiver are not under seccomp themselves and have CAP_SYS_ADMIN, and no"
                  + " filter hands calls to another process (SECCOMP_RET_USER_NOTIF), which is seen"
                  + " once the process is frozen; filters that some threads share and others lack"
                  + " become filters of each, as SECCOMP_FILTER_FLAG_TSYNC can tell",
              "run sender and receiver as root outside of a sandbox (in a container:"
                  + " --security-opt seccomp=unconfined), or the program without its sandbox")
          .shownBy("SeccompIT")),
  NAMESPACE_INIT(
      refused(
              "the init of a PID namespace",
              "it is the init of its PID namespace, which is not carried",
              "move its child")
          .shownBy("RefusalIT")),
  USER_NAMESPACE(
      conditional(
              "another user namespace than the sender's",
              "ids must be the same inside as outside and no thread may have capabilities, as after a"
                  + " move by an ordinary user; it lives in another one otherwise, which is not carried",
              "run the sender in that user namespace")
          .shownBy("RootlessIT")),
  MOUNT_NAMESPACE(
      conditional(
              "mount namespace",
              "every mount of the target is one of the sender's too; on the destination it sees those"
                  + " of the receiver",
              "run sender and receiver where these mounts are (nsenter --mount)")
          .shownBy("RefusalIT")),
  NETWORK_NAMESPACE(namespace("network", "--net").shownBy("RefusalIT")),
  IPC_NAMESPACE(namespace("IPC", "--ipc").shownBy("RefusalIT")),
  HOST_NAME_NAMESPACE(namespace("UTS (host name)", "--uts").shownBy("RefusalIT")),
  CONTROL_GROUP_NAMESPACE(namespace("control group", "--cgroup").shownBy("RefusalIT")),
  NAMESPACE_OF_CHILDREN(
      refused(
              "a PID or time namespace for children only (unshare)",
              "its children would live in another namespace than it does, which is not carried",
              "move the children instead")
          .shownBy("RefusalIT")),
  SEMAPHORE_UNDO(
      refused(
              "operations on System V semaphores that end with the process (SEM_UNDO)",
              "it was the last to operate on a System V semaphore, and the kernel may have to undo"
                  + " that at its end (SEM_UNDO); seen until another process operates on it",
              "have it release the semaphore, and another process use or remove it (ipcrm -s)")
          .shownBy("RefusalIT")),
  WORD_SIZE(
      refused(
              "32-bit programs",
              "only 64-bit programs are carried",
              "use a 64-bit build of the program")
          .shownBy("RefusalIT")),
  TRACED(
      refused(
              "a process that a debugger traces",
              "another process traces it already (a debugger?)",
              "end that first")
          .shownBy("RefusalIT")),
  ACCESS(
      refused(
              "processes that the sender may not look at",
              "it may not be looked at",
              "run the sender as root")
          .shownBy("BadInputIT")),
  KERNEL_THREAD(
      refused("kernel threads", "it is a kernel thread, not a program", "choose another pid")
          .shownBy("RefusalIT")),
  THREAD_ID(
      refused("the id of a thread", "it is a thread of another process", "give that pid")
          .shownBy("RefusalIT")),
  SENDER_ITSELF(
      refused("the sender", "it is the sender itself", "run the sender as another process")
          .shownBy("RefusalIT")),
  FIRST_THREAD_ENDED(
      conditional(
              "a process whose first thread has ended while others run (pthread_exit in main)",
              "it is moved by 'send'; 'run' does not carry it",
              "start it by itself and move it with 'send'")
          .shownBy("FirstThreadEndedIT")),
  ENDED(
      refused("a process that has ended", "it has ended", "choose another pid")
          .shownBy("RefusalIT"));

  @SuppressWarnings("ImmutableEnumChecker") // A record of texts is immutable.
  private final KindFacts facts;

  ProcessKind(KindFacts facts) {
    this.facts = facts;
  }

  private static KindFacts namespace(String name, String option) {
    return refused(
        "another " + name + " namespace than the sender's",
        "it lives in another " + name + " namespace, which is not carried",
        "run sender and receiver in namespaces of that kind (nsenter " + option + ")");
  }

  @Override
  public KindFacts facts() {
    return facts;
  }
}
