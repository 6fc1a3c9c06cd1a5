// SPDX-License-Identifier: Apache-2.0
package io.millrace.testkit.sim;

import io.millrace.file.FileAttributes;
import io.millrace.spi.Code;
import io.millrace.spi.FileAnswer;
import io.millrace.spi.FileEngine;
import io.millrace.spi.FileRequest;
import io.millrace.spi.FileRequest.Operation;
import io.millrace.spi.OpenFile;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/**
 * Files at the completion boundary, on a simulated disk. What it does not carry out, which is up to
 * chance as it is up to the kernel's age, is done by calls.
 *
 * <p>A request is carried out a while after its start and told a while after that, so that effects
 * change places, and so do ends.
 */
final class SimFiles implements FileEngine {
    private static final Set<Operation> OPTIONAL =
            EnumSet.of(
                    Operation.READ_VECTOR,
                    Operation.WRITE_VECTOR,
                    Operation.TRUNCATE,
                    Operation.ALLOCATE,
                    Operation.ADVISE,
                    Operation.LINK_STATUS,
                    Operation.STATUS_OF_FILE,
                    Operation.MAKE_DIRECTORY,
                    Operation.REMOVE,
                    Operation.REMOVE_DIRECTORY,
                    Operation.RENAME,
                    Operation.LINK);

    private final SimDriver driver;
    private final SimDisk disk;
    private final Set<Operation> known = EnumSet.noneOf(Operation.class);

    SimFiles(SimDriver driver, SimDisk disk) {
        this.driver = driver;
        this.disk = disk;
        for (Operation each : OPTIONAL) {
            if (driver.world().random().nextBoolean()) {
                known.add(each);
            }
        }
    }

    @Override
    public boolean carriesOut(FileRequest request) {
        return known.contains(request.operation()) || FileEngine.super.carriesOut(request);
    }

    @Override
    public void start(FileRequest request) {
        Job job = new Job(request);
        request.inEngine = job;
        driver.commanded();
        driver.world().after(driver.world().delayNanos(), job::carryOut);
    }

    @Override
    public void cancel(FileRequest request) {
        driver.commanded();
        ((Job) Objects.requireNonNull(request.inEngine)).cancel();
    }

    private final class Job {
        private final FileRequest request;
        private final FileAnswer answer = new FileAnswer();
        private boolean isCarriedOut;

        Job(FileRequest request) {
            this.request = request;
        }

        void carryOut() {
            if (isCarriedOut) {
                return;
            }
            isCarriedOut = true;
            long result = disk.carryOut(request, answer);
            driver.later(() -> end(result));
        }

        void cancel() {
            boolean isInTime = !isCarriedOut && !driver.world().strikes(Fault.DONE_AFTER_CANCEL);
            if (isInTime && request.operation() != Operation.CLOSE) {
                isCarriedOut = true;
                driver.later(() -> end(Code.CANCELLED));
            }
        }

        private void end(long result) {
            request.inEngine = null;
            OpenFile opened = answer.opened;
            if (opened != null) {
                request.opened(opened);
            }
            FileAttributes attributes = answer.attributes;
            if (attributes != null) {
                request.answer(attributes);
            }
            if (answer.value != null) {
                request.answerWith(answer.value);
            }
            driver.completed((int) result);
            request.onEnded(result);
        }
    }
}
