// SPDX-License-Identifier: Apache-2.0
package io.millrace.posix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.millrace.testkit.script.Watched;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A word finds whom it was given to, and nobody after that one has gone. */
class RegistrationsTest {
    private final Registrations registrations = new Registrations();

    @Test
    void aSuccessorInTheSameSlotHasAnotherWord() {
        Watched first = new Watched(5);
        long word = registrations.add(first);
        registrations.remove(first);
        assertNull(registrations.find(word));
        Watched second = new Watched(5);
        long next = registrations.add(second);
        assertEquals((int) word, (int) next, "the slot");
        assertNotEquals(word, next);
        assertNull(registrations.find(word));
        assertSame(second, registrations.find(next));
    }

    @Test
    void noWordIsThatOfTheWakeup() {
        Watched socket = new Watched(5);
        registrations.add(socket);
        socket.generation = -1;
        assertNotEquals(-1, Registrations.word(socket));
    }

    @Test
    void manyComeAndGoAndEachIsFoundByItsOwnWord() {
        Random random = new Random(3);
        Map<Long, Watched> present = new HashMap<>();
        Map<Long, Watched> gone = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            if (random.nextInt(3) > 0 || present.isEmpty()) {
                Watched socket = new Watched(i);
                present.put(registrations.add(socket), socket);
            } else {
                long word = present.keySet().iterator().next();
                gone.put(word, present.get(word));
                registrations.remove(present.remove(word));
            }
        }
        present.forEach((word, socket) -> assertSame(socket, registrations.find(word)));
        gone.keySet().forEach(word -> assertNull(registrations.find(word)));
    }
}
