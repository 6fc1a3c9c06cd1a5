// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.net.TcpServer;
import io.millrace.net.TcpStream;

/** Both ends of a connection, and the listener between them. */
record TcpPair(TcpStream client, TcpStream server, TcpServer listener) {}
