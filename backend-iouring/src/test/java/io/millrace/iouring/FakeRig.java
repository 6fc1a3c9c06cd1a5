// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.iouring.UringAbi.EntryFlag;
import io.millrace.posix.DescriptorLimit;
import io.millrace.posix.LibcSockets;
import io.millrace.posix.NativeMemory;
import io.millrace.posix.Platform;
import io.millrace.posix.SocketDialect;
import io.millrace.posix.SystemCalls;
import io.millrace.spi.Code;
import io.millrace.spi.ListenSpec;
import io.millrace.testkit.script.ScriptedContext;
import io.millrace.testkit.script.ScriptedListener;
import io.millrace.testkit.script.ScriptedStream;
import java.lang.reflect.Field;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.util.List;

/** A driver on a kernel that the test plays: nothing in it is the machine's but the memory. */
final class FakeRig implements AutoCloseable {
    static final int CHUNK_BYTES = 64;

    final FakeKernel kernel = new FakeKernel();
    final SocketCalls sockets = new SocketCalls();
    final ScriptedContext context = new ScriptedContext(System::nanoTime);
    final UringDriver driver;

    FakeRig(Features features, RingSizes sizes, int chunkCount) throws IoException {
        this(features, new UringOptions(sizes, chunkCount, CHUNK_BYTES));
    }

    FakeRig(Features features, UringOptions options) throws IoException {
        kernel.features = features;
        SystemCalls calls = sockets.asSystemCalls();
        Platform platform = Platform.current();
        driver =
                new UringDriver(
                        UringResources.open(kernel, calls, features, options, context),
                        new LibcSockets(
                                calls,
                                SocketDialect.of(platform, calls),
                                platform,
                                DescriptorLimit.NONE),
                        platform.constants(),
                        context);
    }

    FakeRig() throws IoException {
        this(KernelRecords.linux6_1(), new RingSizes(16, 64), 64);
    }

    ScriptedStream stream() throws IoException {
        ScriptedStream stream = new ScriptedStream();
        return stream.on(driver.streams().stream(StandardProtocolFamily.INET, stream));
    }

    ScriptedListener listener() throws IoException {
        ScriptedListener listener = new ScriptedListener();
        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        return listener.on(
                driver.streams().listen(new ListenSpec(address, 16, true, false, 0), listener));
    }

    /** A stream whose receive is with the kernel. */
    ScriptedStream receiving() throws IoException {
        ScriptedStream stream = stream();
        stream.port().startReceive();
        driver.poll(0);
        return stream;
    }

    /** Everything of a kind that the kernel was ever given. */
    List<FakeSubmission> submitted(int kind) {
        return kernel.submissions.stream().filter(each -> each.kind() == kind).toList();
    }

    FakeSubmission latest(int kind) {
        List<FakeSubmission> all = submitted(kind);
        if (all.isEmpty()) {
            throw new AssertionError("nothing of kind " + kind + " was submitted");
        }
        return all.get(all.size() - 1);
    }

    /** The latest request of a kind completes. */
    void complete(int kind, int result, int flags) {
        kernel.complete(latest(kind).userData(), result, flags);
    }

    /** The latest receive gets {@code text} in a buffer. */
    void receive(String text, int flags) {
        complete(Kind.RECEIVE, text.length(), kernel.buffers().fill(text) | flags);
    }

    /** From now on quiet sends find the socket full, so that another one follows that waits. */
    void fillSockets() {
        kernel.whenSubmitted =
                submission -> {
                    if ((submission.entryFlags() & EntryFlag.SKIP_SUCCESS) != 0
                            && submission.kind() == Kind.SEND) {
                        kernel.complete(submission.userData(), Code.WOULD_BLOCK, 0);
                    }
                };
    }

    /** A stream whose send waits inside the kernel. */
    ScriptedStream sending(int bytes) throws IoException {
        fillSockets();
        ScriptedStream stream = stream().offers(new byte[bytes]);
        stream.send();
        driver.poll(0);
        driver.poll(0);
        return stream;
    }

    /**
     * What is done meanwhile fails whenever it fills in a submission, after that was claimed.
     *
     * @param meanwhile what to do
     */
    void withoutSubmissions(Turn meanwhile) throws IoException {
        try {
            Field field = Requests.class.getDeclaredField("entries");
            field.setAccessible(true);
            Object entries = field.get(driver.requests);
            field.set(driver.requests, NativeMemory.allocate(1));
            try {
                meanwhile.run();
            } finally {
                field.set(driver.requests, entries);
            }
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(e.getMessage(), e);
        }
    }

    /** Something done to the driver. */
    interface Turn {
        void run() throws IoException;
    }

    /** The kernel carries a close out: what is in flight ends before or after it. */
    void completeClose() {
        if (!submitted(Kind.CANCEL).isEmpty()) {
            complete(Kind.CANCEL, 1, 0);
        }
        complete(Kind.CLOSE, Code.OK, 0);
    }

    /** Every port must have been closed before, as always. */
    @Override
    public void close() {
        driver.close();
        if (!kernel.isReleased()) {
            throw new AssertionError("something of the kernel's was not given back");
        }
    }
}
