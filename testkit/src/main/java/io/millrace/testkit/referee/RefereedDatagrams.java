// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.spi.DatagramEngine;
import io.millrace.spi.DatagramFault;
import io.millrace.spi.DatagramInfo;
import io.millrace.spi.DatagramOption;
import io.millrace.spi.DatagramPort;
import io.millrace.spi.DatagramSends;
import io.millrace.spi.DatagramSink;
import io.millrace.spi.DatagramSpec;
import io.millrace.spi.PoolChunk;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A driver's datagrams under watch: puts a watched port in front of each. */
final class RefereedDatagrams implements DatagramEngine {
    private final RefereedDriver driver;
    private final DatagramEngine engine;

    RefereedDatagrams(RefereedDriver driver, DatagramEngine engine) {
        this.driver = driver;
        this.engine = engine;
    }

    @Override
    public @Nullable String whyUnsupported(DatagramOption option) {
        return engine.whyUnsupported(option);
    }

    @Override
    public DatagramPort bind(DatagramSpec spec, DatagramSink sink) throws IoException {
        Watched port = new Watched(driver, sink);
        port.attach(engine.bind(spec, port));
        driver.register(port);
        return port;
    }

    /** A datagram socket under watch, from both sides. */
    private static final class Watched extends RefereedPort<DatagramPort>
            implements DatagramPort, DatagramSink {
        private final DatagramSink sink;
        private boolean receiving;
        private boolean stopped;
        private boolean sending;
        private int offered;

        Watched(RefereedDriver driver, DatagramSink sink) {
            super(driver);
            this.sink = sink;
        }

        @Override
        public void startReceive() {
            DatagramPort port = command("startReceive");
            receiving = start("startReceive", receiving);
            stopped = false;
            port.startReceive();
        }

        @Override
        public void stopReceive() {
            command("stopReceive").stopReceive();
            stopped = true;
        }

        @Override
        public int send() {
            DatagramPort port = command("send");
            start("send", sending);
            driver.countSend();
            offered = 0;
            int result = port.send();
            if (result == Code.PENDING) {
                sending = true;
            } else {
                check(result);
            }
            return result;
        }

        @Override
        public int trySend() {
            DatagramPort port = command("trySend");
            start("trySend", sending);
            driver.countSend();
            offered = 0;
            int result = port.trySend();
            if (result != Code.WOULD_BLOCK) {
                check(result);
            }
            return result;
        }

        /** A result concerns datagrams that were offered, and says what became of the first. */
        private void check(int result) {
            boolean isNone =
                    switch (result) {
                        case 0, Code.PENDING, Code.WOULD_BLOCK, Code.INTERRUPTED -> true;
                        default -> false;
                    };
            if (isNone || result > offered) {
                throw foul("a send of " + offered + " datagrams answered " + result);
            }
        }

        @Override
        public int connect(InetSocketAddress to) {
            return command("connect").connect(to);
        }

        @Override
        public int disconnect() {
            return command("disconnect").disconnect();
        }

        @Override
        public int join(InetAddress group, int index, @Nullable InetAddress source) {
            return command("join").join(group, index, source);
        }

        @Override
        public int leave(InetAddress group, int index, @Nullable InetAddress source) {
            return command("leave").leave(group, index, source);
        }

        @Override
        public int setOption(DatagramOption option, int value) {
            return command("setOption").setOption(option, value);
        }

        @Override
        public @Nullable DatagramFault takeFault() {
            return command("takeFault").takeFault();
        }

        @Override
        public int getOption(DatagramOption option) {
            return command("getOption").getOption(option);
        }

        @Override
        public void onDatagram(PoolChunk chunk, DatagramInfo info) {
            enter("onDatagram", receiving);
            if (chunk.owners() <= 0) {
                throw foul("onDatagram with a chunk that nobody owns");
            }
            driver.saw(chunk);
            sink.onDatagram(chunk, info);
            leave();
        }

        @Override
        public void onBatchEnd() {
            enter("onBatchEnd", !isClosing());
            sink.onBatchEnd();
            leave();
        }

        @Override
        public void onReceiveStopped(int code) {
            enterTerminal("onReceiveStopped", receiving, code);
            if (code == Code.CANCELLED && !stopped && !isClosing()) {
                throw foul("a receive was cancelled by nobody");
            }
            if (code >= 0) {
                throw foul("a receive of datagrams ended with " + code);
            }
            receiving = false;
            sink.onReceiveStopped(code);
            leave();
        }

        @Override
        public void gather(DatagramSends into) {
            if (isClosing()) {
                throw foul("gather after close");
            }
            sink.gather(into);
            if (into.count() == 0) {
                throw foul("nothing was offered to send");
            }
            offered = into.count();
        }

        @Override
        public void onSent(int result) {
            enterTerminal("onSent", sending, result);
            if (!isClosing()) {
                check(result);
            }
            sending = false;
            sink.onSent(result);
            leave();
        }

        @Override
        public void onClosed() {
            enterClosed(receiving || sending);
            sink.onClosed();
            leave();
        }

        @Override
        public String toString() {
            return "datagrams["
                    + (receiving ? "receiving" : "idle")
                    + (sending ? ", sending" : "")
                    + "]";
        }
    }
}
