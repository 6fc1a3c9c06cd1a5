// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import io.millrace.IoException;
import io.millrace.spi.Code;
import io.millrace.testkit.script.ScriptedStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Tests of the contract in {@code io.millrace.spi}, at the driver itself, without a loop.
 *
 * <p>A referee stands between these tests and the driver, so besides what a test asserts, each of
 * them also proves lines 1 to 4 and 6 for everything that it does.
 */
@ExtendWith(EnclosingSuite.class)
public abstract class DriverContract {
    BackendUnderTest backend;
    DriverRig rig;

    @BeforeEach
    void openDriver(BackendDriverContract contract) throws IoException {
        backend = contract.backend();
        backend.assumeUsable();
        rig = new DriverRig(backend);
    }

    /** Not there if the test was skipped. */
    @AfterEach
    void closeDriver() throws IoException {
        if (rig != null) {
            rig.close();
        }
    }

    /** Sends until the kernel takes no more; a send is pending then. */
    static void fill(ScriptedStream stream) {
        int result;
        do {
            stream.offers(bytes(1 << 20));
            result = stream.send();
        } while (result != Code.PENDING);
    }

    static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        for (int i = 0; i < count; i++) {
            bytes[i] = (byte) (i * 31 + (i >> 8));
        }
        return bytes;
    }
}
