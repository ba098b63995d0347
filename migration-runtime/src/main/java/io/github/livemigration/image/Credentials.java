package io.github.livemigration.image;

import java.util.List;

/**
 * The identity and privileges of a thread; each thread has its own on Linux.
 *
 * @param userIds real, effective, saved and file system user id
 * @param groupIds real, effective, saved and file system group id
 * @param supplementaryGroups as {@code getgroups(2)} lists them
 * @param inheritable capability bits
 * @param permitted capability bits
 * @param effective capability bits
 * @param bounding capability bits
 * @param ambient capability bits
 * @param secureBits as {@code PR_GET_SECUREBITS} gives them, {@code PR_SET_KEEPCAPS} among them
 * @param noNewPrivileges whether {@code PR_SET_NO_NEW_PRIVS} was set
 */
public record Credentials(
    List<Integer> userIds,
    List<Integer> groupIds,
    List<Integer> supplementaryGroups,
    long inheritable,
    long permitted,
    long effective,
    long bounding,
    long ambient,
    int secureBits,
    boolean noNewPrivileges) {
  public Credentials {
    userIds = List.copyOf(userIds);
    groupIds = List.copyOf(groupIds);
    supplementaryGroups = List.copyOf(supplementaryGroups);
    if (userIds.size() != 4 || groupIds.size() != 4) {
      throw new IllegalArgumentException("four user ids and four group ids are expected");
    }
  }
}
