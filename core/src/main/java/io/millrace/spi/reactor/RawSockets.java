// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi.reactor;

import io.millrace.IoException;
import io.millrace.spi.Accepted;
import io.millrace.spi.Capabilities;
import io.millrace.spi.FileCalls;
import io.millrace.spi.JavaFileCalls;
import io.millrace.spi.ListenSpec;
import io.millrace.spi.OpenFile;
import io.millrace.spi.PortOption;
import io.millrace.spi.SystemServices;
import java.net.StandardProtocolFamily;
import java.nio.channels.SelectableChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Opens the raw sockets of one family of calls: java.nio's, or libc's. */
public interface RawSockets {
    Capabilities capabilities();

    RawListener listen(ListenSpec spec) throws IoException;

    /** See {@link io.millrace.spi.StreamEngine#stream}. */
    RawStream stream(StandardProtocolFamily family) throws IoException;

    /** Takes over what {@link RawListener#accept} of the same family answered. */
    RawStream adopt(Accepted connection) throws IoException;

    /**
     * Takes over a descriptor; see {@link io.millrace.spi.StreamEngine#adopt(int,
     * StandardProtocolFamily, io.millrace.spi.StreamSink)}.
     */
    default RawStream adopt(int descriptor, StandardProtocolFamily kind) throws IoException {
        throw new UnsupportedOperationException("this engine has no descriptors");
    }

    /** Somebody else's descriptor; see {@link io.millrace.spi.WatchEngine#watch}. */
    default RawWatch watch(int descriptor) throws IoException {
        throw new UnsupportedOperationException("this engine has no descriptors");
    }

    /** Somebody else's channel; see {@link io.millrace.spi.WatchEngine#watch}. */
    default RawWatch watch(SelectableChannel channel) throws IoException {
        throw new UnsupportedOperationException("this engine watches descriptors, not channels");
    }

    /** Opens datagram sockets; null if this family has none. */
    default @Nullable RawDatagrams datagrams() {
        return null;
    }

    /** See {@link io.millrace.spi.StreamEngine#closeDescriptor}. */
    default void closeDescriptor(int descriptor) {
        throw new UnsupportedOperationException("these sockets pass no descriptors");
    }

    /** See {@link io.millrace.spi.Driver#fileCalls}. */
    default FileCalls fileCalls() {
        return JavaFileCalls.ONLY;
    }

    /** See {@link io.millrace.spi.Driver#system}. */
    default @Nullable SystemServices system() {
        return null;
    }

    /** How the streams of this family make so many receives in a row. */
    default ReceiveRow receiveRow(int capacity) {
        return new ReceivesOneByOne(capacity);
    }

    /** See {@link io.millrace.spi.Driver#whyUnsupported}. */
    default @Nullable String whyUnsupported(PortOption option) {
        return null;
    }

    /** See {@link io.millrace.spi.StreamEngine#openFile}. */
    OpenFile openFile(Path path) throws IoException;
}
