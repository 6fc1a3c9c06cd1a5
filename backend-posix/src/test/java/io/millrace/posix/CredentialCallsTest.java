// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.millrace.spi.Code;
import io.millrace.testkit.kernel.Interposer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each system's way to tell who is at the other end, on a kernel that plays it. */
class CredentialCallsTest {
    private static final int NOBODY_ASKED = -7;

    private final Interposer<SystemCalls> kernel =
            Interposer.over(SystemCalls.class, LibcSystemCalls.instance());

    /** Of each call: level, option, and how much room there was. */
    private final List<List<Integer>> asked = new ArrayList<>();

    private final int[] told = {NOBODY_ASKED, NOBODY_ASKED, NOBODY_ASKED};

    private int get(OperatingSystem system) {
        Platform platform = Platform.of(system, Processor.current());
        return new CredentialCalls(kernel.calls(), platform).get(5, told);
    }

    /** The next call is answered by so many bytes, of which the given words are not 0. */
    private void answer(int bytes, int... offsetsAndWords) {
        kernel.intercept(
                "getsockopt",
                (real, arguments) -> {
                    NativeMemory length = NativeMemory.at((long) arguments[4], Integer.BYTES);
                    int room = length.getInt(0);
                    asked.add(List.of((Integer) arguments[1], (Integer) arguments[2], room));
                    NativeMemory value = NativeMemory.at((long) arguments[3], room);
                    for (int i = 0; i < offsetsAndWords.length; i += 2) {
                        value.putInt(offsetsAndWords[i], offsetsAndWords[i + 1]);
                    }
                    length.putInt(0, bytes);
                    return Code.OK;
                });
    }

    @Test
    void linuxTellsProcessUserAndGroup() {
        answer(12, 0, 11, 4, 22, 8, 33);
        assertEquals(Code.OK, get(OperatingSystem.LINUX));
        assertArrayEquals(new int[] {11, 22, 33}, told);
    }

    @Test
    void openbsdTellsTheProcessLast() {
        answer(12, 0, 22, 4, 33, 8, 11);
        assertEquals(Code.OK, get(OperatingSystem.OPENBSD));
        assertArrayEquals(new int[] {11, 22, 33}, told);
        assertEquals(List.of(List.of(0xffff, 0x1022, 12)), asked);
    }

    @Test
    void freebsdTellsTheProcessBehindTheGroups() {
        answer(88, 4, 22, 12, 33, 16, 44, 80, 11);
        assertEquals(Code.OK, get(OperatingSystem.FREEBSD));
        assertArrayEquals(new int[] {11, 22, 33}, told);
        assertEquals(List.of(List.of(0, 1, 88)), asked);
    }

    @Test
    void anOldFreebsdTellsNoProcess() {
        answer(76, 4, 22, 12, 33);
        assertEquals(Code.OK, get(OperatingSystem.FREEBSD));
        assertArrayEquals(new int[] {0, 22, 33}, told);
    }

    @Test
    void dragonflyTellsNoProcess() {
        answer(76, 4, 22, 12, 33);
        assertEquals(Code.OK, get(OperatingSystem.DRAGONFLY));
        assertArrayEquals(new int[] {0, 22, 33}, told);
        assertEquals(List.of(List.of(0, 1, 76)), asked);
    }

    @Test
    void macosIsAskedForTheProcessByItself() {
        answer(76, 4, 22, 12, 33);
        answer(4, 0, 11);
        assertEquals(Code.OK, get(OperatingSystem.MACOS));
        assertArrayEquals(new int[] {11, 22, 33}, told);
        assertEquals(List.of(List.of(0, 1, 76), List.of(0, 2, 4)), asked);
    }

    @Test
    void macosThatDoesNotTellTheProcessTellsTheRest() {
        answer(76, 4, 22, 12, 33);
        kernel.answer("getsockopt", Code.NOT_CONNECTED);
        assertEquals(Code.OK, get(OperatingSystem.MACOS));
        assertArrayEquals(new int[] {0, 22, 33}, told);
    }

    @ParameterizedTest
    @ValueSource(strings = {"LINUX", "MACOS", "FREEBSD", "OPENBSD", "DRAGONFLY"})
    void aFailureIsAnswered(String system) {
        kernel.answer("getsockopt", Code.NOT_CONNECTED);
        assertEquals(Code.NOT_CONNECTED, get(OperatingSystem.valueOf(system)));
        assertArrayEquals(new int[] {NOBODY_ASKED, NOBODY_ASKED, NOBODY_ASKED}, told);
    }
}
