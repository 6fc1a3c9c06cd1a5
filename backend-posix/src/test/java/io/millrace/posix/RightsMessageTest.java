// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.millrace.spi.Passed;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What a kernel may write beside the bytes of a Unix-domain stream. */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the layout is Linux's")
class RightsMessageTest {
    private static final int SOL_SOCKET = 1;
    private static final int SCM_RIGHTS = 1;
    private static final int SCM_CREDENTIALS = 2;
    private static final int MSG_CTRUNC = 8;
    private static final int HEADER_BYTES = 56;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH_AT = 40;
    private static final int FLAGS_AT = 48;

    private static final int SCM_PIDFD = 4;

    private final List<Integer> closed = new ArrayList<>();
    private RightsMessage message;
    private NativeMemory header;
    private NativeMemory control;
    private int written;

    @BeforeEach
    void receive() {
        message = new RightsMessage(closed::add);
        message.receiveAnywhere();
        header = NativeMemory.at(message.address(), HEADER_BYTES);
        int room = (int) header.getLong(CONTROL_LENGTH_AT);
        control = NativeMemory.at(header.getLong(CONTROL_AT), room);
    }

    private void add(int type, long length, int... values) {
        control.putLong(written, length);
        control.putInt(written + 8, SOL_SOCKET);
        control.putInt(written + 12, type);
        for (int i = 0; i < values.length; i++) {
            control.putInt(written + 16 + i * Integer.BYTES, values[i]);
        }
        written += 16 + (values.length * Integer.BYTES + 7) / 8 * 8;
    }

    private Passed answered(int flags) {
        header.putLong(CONTROL_LENGTH_AT, written);
        header.putInt(FLAGS_AT, flags);
        return message.received();
    }

    @Test
    void bytesAloneBringNothing() {
        assertNull(answered(0));
    }

    @Test
    void whatComesBeforeThemHidesNone() {
        add(SCM_CREDENTIALS, 28, 1, 2, 3);
        add(SCM_RIGHTS, 24, 70, 71);
        Passed passed = answered(0);
        assertNotNull(passed);
        assertArrayEquals(new int[] {70, 71}, passed.descriptors());
        assertFalse(passed.someWereLost());
    }

    @Test
    void asManyAsOneMessageCarriesHaveRoomBesideOthers() {
        int[] all = new int[253];
        add(SCM_CREDENTIALS, 28, 1, 2, 3);
        add(SCM_RIGHTS, 16 + all.length * 4L, all);
        Passed passed = answered(0);
        assertNotNull(passed);
        assertEquals(all.length, passed.descriptors().length);
    }

    @Test
    void thoseForWhichThereWasNoRoomAreMissed() {
        add(SCM_RIGHTS, 20, 70);
        Passed some = answered(MSG_CTRUNC);
        assertNotNull(some);
        assertArrayEquals(new int[] {70}, some.descriptors());
        assertTrue(some.someWereLost());
    }

    @Test
    void thatAllWereLostIsToldAsWell() {
        Passed none = answered(MSG_CTRUNC);
        assertNotNull(none);
        assertEquals(0, none.descriptors().length);
        assertTrue(none.someWereLost());
    }

    @Test
    void aLengthThatCannotBeEndsTheLook() {
        add(SCM_RIGHTS, 4, 70);
        assertNull(answered(0));
        written = 0;
        add(SCM_RIGHTS, 1 << 20, 70);
        assertNull(answered(0));
    }

    @Test
    void aDescriptorOfTheSendersProcessIsClosedWhereverItComes() {
        add(SCM_PIDFD, 20, 80);
        add(SCM_RIGHTS, 24, 70, 71);
        add(SCM_PIDFD, 20, 81);
        Passed passed = answered(0);
        assertNotNull(passed);
        assertArrayEquals(new int[] {70, 71}, passed.descriptors());
        assertEquals(List.of(80, 81), closed);
    }

    @Test
    void aReasonWhyThereIsNoSuchDescriptorIsNotClosed() {
        add(SCM_PIDFD, 20, -24);
        assertNull(answered(0));
        assertEquals(List.of(), closed);
    }
}
