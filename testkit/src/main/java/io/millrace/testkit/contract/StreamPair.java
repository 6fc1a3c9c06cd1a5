// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.net.ByteStream;

/** Both ends of a connection over any transport, and the listener between them. */
record StreamPair(ByteStream client, ByteStream server, Transport.Listener listener) {}
