// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;

/**
 * What this process had open, of certain kinds, where /proc tells. Others open and close
 * descriptors meanwhile: the virtual machine its jars, which are no kind to ask for, and the
 * collector what an earlier test has left behind. So nothing may be open that was not, and it does
 * not matter what was closed.
 */
public final class OpenDescriptors {
    private static final Path LIST = Path.of("/proc/self/fd");

    private final Pattern kinds;
    private final List<String> open;

    private OpenDescriptors(Pattern kinds) throws IOException {
        this.kinds = kinds;
        open = list(kinds);
    }

    /** Sockets, pipes, and what epoll, eventfd and rings are. */
    public static OpenDescriptors ofLoops() throws IOException {
        return matching("(socket|pipe|anon_inode):.*");
    }

    /** Those whose link in /proc names, as a whole, what the pattern matches. */
    public static OpenDescriptors matching(String kinds) throws IOException {
        return new OpenDescriptors(Pattern.compile(kinds));
    }

    private static List<String> list(Pattern kinds) throws IOException {
        List<String> found = new ArrayList<>();
        if (Files.isDirectory(LIST)) {
            try (Stream<Path> all = Files.list(LIST)) {
                all.map(OpenDescriptors::target)
                        .filter(each -> kinds.matcher(each).matches())
                        .forEach(found::add);
            }
        }
        return found;
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    /** How many there were. */
    public int count() {
        return open.size();
    }

    /** Those of now that were not there. */
    public List<String> more() throws IOException {
        List<String> now = list(kinds);
        open.forEach(now::remove);
        return now;
    }

    /** Nothing of these kinds is open that was not. */
    public void assertNoMore(String after) throws IOException {
        Assertions.assertEquals(List.of(), more(), () -> "descriptors stay open, " + after);
    }
}
