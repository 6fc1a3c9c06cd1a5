// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.referee;

import io.millrace.spi.Code;
import io.millrace.spi.FileRequest;
import io.millrace.spi.OpenFile;

/** What an engine gets in place of a file request: the same question, and a watched end. */
final class RefereedFileRequest extends FileRequest {
    private final RefereedFiles files;
    private final FileRequest original;

    RefereedFileRequest(RefereedFiles files, FileRequest original) {
        this.files = files;
        this.original = original;
        askLike(
                original,
                RefereedFile.behindIfAny(original.fileIfAny()),
                RefereedFile.behindIfAny(original.targetFileIfAny()));
    }

    /** The file as the loop knows it. */
    OpenFile asked() {
        return original.file();
    }

    @Override
    public void onEnded(long result) {
        files.ends(this, result);
        original.inEngine = null;
        original.explain(cause());
        if (result == Code.OK && operation() == Operation.OPEN) {
            original.opened(files.opened(file()));
        }
        if (result == Code.OK && answersAttributes()) {
            original.answer(attributes());
        }
        original.answerWith(answeredValue());
        original.onEnded(result);
        files.ended();
    }

    private boolean answersAttributes() {
        return switch (operation()) {
            case STATUS, LINK_STATUS, STATUS_OF_FILE -> true;
            case OPEN -> attributesIfAny() != null;
            default -> false;
        };
    }

    @Override
    public String toString() {
        return "file request " + operation();
    }
}
