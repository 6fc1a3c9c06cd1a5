// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.junit.jupiter.api.Test;

/** What is taken for a misspelling of what. */
class SpellingTest {
    private static final List<String> NAMES = List.of("io_uring", "epoll", "epoll-et", "nio");

    @Test
    void onlyWhatIsLikeAWordIsNear() {
        assertEquals("epoll", Spelling.nearest("epol", NAMES));
        assertEquals("epoll", Spelling.nearest("eploll", NAMES));
        assertEquals("epoll-et", Spelling.nearest("epoll_et", NAMES));
        assertEquals("io_uring", Spelling.nearest("IoUring", NAMES));
        assertEquals("nio", Spelling.nearest("NOI", NAMES));
        assertNull(Spelling.nearest("kqueue", NAMES));
        assertNull(Spelling.nearest("", NAMES));
        assertNull(Spelling.nearest("xyz", NAMES));
        assertNull(Spelling.nearest("nio", List.of()));
    }

    @Test
    void aMistakeIsACharacterMoreLessOtherOrSwapped() {
        assertEquals(0, Spelling.distance("Nio", "nIO"));
        assertEquals(1, Spelling.distance("nio", "nioo"));
        assertEquals(1, Spelling.distance("nio", "no"));
        assertEquals(1, Spelling.distance("nio", "nix"));
        assertEquals(1, Spelling.distance("nio", "ino"));
        assertEquals(3, Spelling.distance("nio", ""));
        assertEquals(3, Spelling.distance("kitten", "sitting"));
    }
}
