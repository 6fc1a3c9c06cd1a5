// SPDX-License-Identifier: Apache-2.0
package io.millrace.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import java.util.Random;
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

    @Test
    void beingWithinADistanceIsWhatTheDistanceSays() {
        Random random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            String one = word(random);
            String other = random.nextBoolean() ? word(random) : mistaken(one, random);
            for (int most = 0; most < 4; most++) {
                assertEquals(
                        Spelling.distance(one, other) <= most,
                        Spelling.isWithin(most, one, other),
                        one + " " + other + " " + most);
            }
        }
    }

    private static String word(Random random) {
        StringBuilder word = new StringBuilder();
        for (int left = random.nextInt(8); left > 0; left--) {
            word.append("abAB.".charAt(random.nextInt(5)));
        }
        return word.toString();
    }

    private static String mistaken(String word, Random random) {
        StringBuilder mistaken = new StringBuilder(word);
        for (int left = random.nextInt(4); left > 0; left--) {
            int place = random.nextInt(mistaken.length() + 1);
            if (random.nextBoolean() || place == mistaken.length()) {
                mistaken.insert(place, 'b');
            } else if (random.nextBoolean() && place > 0) {
                char moved = mistaken.charAt(place);
                mistaken.deleteCharAt(place).insert(place - 1, moved);
            } else {
                mistaken.deleteCharAt(place);
            }
        }
        return mistaken.toString();
    }
}
