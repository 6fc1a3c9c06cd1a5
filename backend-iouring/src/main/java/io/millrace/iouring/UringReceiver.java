// SPDX-License-Identifier: Apache-2.0
package io.millrace.iouring;

import io.millrace.IoException;
import io.millrace.spi.reactor.RawSocket;

/** What streams and datagrams share: a receive that lasts until it is stopped, or starves. */
abstract class UringReceiver extends UringPort implements Starving {
    boolean receiving;

    /** Whether the receive was stopped, and has not ended yet. */
    boolean stopping;

    /** Whether the receive that is to be submitted leaves all buffers but one to others. */
    boolean takesOneBuffer;

    UringReceiver(UringDriver driver, RawSocket socket) {
        super(driver, socket);
    }

    /** Tells the sink that nothing comes in any more. */
    abstract void tellReceiveStopped(int code);

    public void startReceive() {
        assert !isClosing() && !receiving;
        receiving = true;
        start(Kind.RECEIVE);
    }

    public final void stopReceive() {
        assert !isClosing();
        if (receiving && !stopping) {
            stopping = true;
            resumePostponed();
            want(Kind.CANCEL);
        }
    }

    @Override
    public final void receiveAgain(boolean alone) throws IoException {
        takesOneBuffer = !alone;
        submitPostponed();
    }

    final void reportReceiveStopped(int code) {
        receiving = false;
        stopping = false;
        ended(Kind.RECEIVE);
        forget(Kind.CANCEL);
        driver.countCompletion();
        tellReceiveStopped(code);
    }
}
