// SPDX-License-Identifier: Apache-2.0
/**
 * Names looked up by DNS on sockets of the loop that asks, and on no thread but its own.
 *
 * <p>{@link io.millrace.dns.DnsResolver} is a {@link io.millrace.net.Resolver} for whatever asks
 * for one, such as connecting by name. {@link io.millrace.dns.DnsClient} asks name servers whatever
 * one likes, in the messages of dnsjava.
 *
 * @since 0.1.0
 */
@NullMarked
package io.millrace.dns;

import org.jspecify.annotations.NullMarked;
