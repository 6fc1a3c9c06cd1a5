// SPDX-License-Identifier: Apache-2.0
package io.millrace.internal.file;

import io.millrace.spi.OpenFile;
import java.nio.file.Path;

/** Where a stream has a file from that it is to send. Loop thread only. */
public interface FileSource {
    /** The file, for whoever knows that it is open. */
    OpenFile file();

    /** As the user has named it. */
    Path path();

    /** The stream is done with it, open or not. Once. */
    void end();
}
