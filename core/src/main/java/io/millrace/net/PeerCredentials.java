// SPDX-License-Identifier: Apache-2.0
package io.millrace.net;

/**
 * Who was at the other end of a Unix-domain connection when it was made, as the kernel says. These
 * are numbers of the reader's own namespaces: 0 or the overflow number if there is none in them.
 *
 * @param processId whose process connected, or listened; 0 where the system does not tell:
 *     DragonFly, and FreeBSD before 13
 * @param userId its effective user, as an unsigned number of 32 bits
 * @param groupId its effective group, as an unsigned number of 32 bits
 */
public record PeerCredentials(int processId, long userId, long groupId) {}
