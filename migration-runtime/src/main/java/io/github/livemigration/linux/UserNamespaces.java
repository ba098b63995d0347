package io.github.livemigration.linux;

/**
 * User namespaces in which an ordinary user may do what takes privilege, and stays who they are.
 *
 * @see <a
 *     href="https://man7.org/linux/man-pages/man7/user_namespaces.7.html">user_namespaces(7)</a>
 */
public final class UserNamespaces {
  private static final boolean NEEDED = !Credentials.hasCapability(Credentials.CAP_SYS_ADMIN);

  private UserNamespaces() {}

  /** Whether this process can make other namespaces only inside of a user namespace. */
  public static boolean areNeeded() {
    return NEEDED;
  }

  /**
   * Let the user and the group of this process be themselves in a new user namespace. The kernel
   * permits an ordinary user no more than these two, and the group only where supplementary groups
   * can no longer be given up.
   *
   * @param pid of a process in the namespace, which this user has made
   */
  public static void mapOwnIds(int pid) {
    ProcFs.write(pid, "setgroups", "deny");
    ProcFs.write(pid, "uid_map", identity(Credentials.effectiveUid()));
    ProcFs.write(pid, "gid_map", identity(LibC.getegid()));
  }

  private static String identity(int id) {
    String number = Integer.toUnsignedString(id);
    return number + " " + number + " 1";
  }

  /**
   * Whether users and groups of a process are the same in its own user namespace as here, those
   * that the namespace knows.
   */
  public static boolean keepsIds(int pid) {
    return isIdentity(ProcFs.readText(pid, "uid_map"))
        && isIdentity(ProcFs.readText(pid, "gid_map"));
  }

  /** Lines: first id inside, first id as the reader sees it, count. */
  static boolean isIdentity(String map) {
    return map.lines()
        .map(line -> line.strip().split("\\s+"))
        .allMatch(fields -> fields.length == 3 && fields[0].equals(fields[1]));
  }
}
