#if OAuth
import Synchronization
import TesseraCore

/// The lease of an entry: a lock of the kernel, held until it is given back or the process is dead.
final class FileStoreLease: StoreLease {
    let fence: UInt64
    let provesHoldersDeath = true
    let end: MonotonicInstant? = nil
    private let lock: Mutex<FileLock?>

    /// Counts the holder and writes down who it is, for people who look for it.
    init(_ lock: FileLock, runtime: Runtime) throws {
        do throws(FileCalls.Failure) {
            let last = VersionMark(try FileCalls.read(lock.file.number, limit: VersionMark.length))?.number ?? 0
            fence = last &+ 1
            let seconds = runtime.wallTime().nanoseconds / 1_000_000_000
            let holder = "process \(FileCalls.process), holding or held since \(seconds) (seconds since 1970)"
            let line = holder + String(repeating: " ", count: max(0, 127 - holder.utf8.count)) + "\n"
            try FileCalls.write(VersionMark(fence).encoded + Array(line.utf8), to: lock.file.number)
        } catch {
            throw StoreFailure.file(error, "the lease cannot be noted")
        }
        self.lock = Mutex(lock)
    }

    func renew() async throws -> MonotonicInstant? {
        guard lock.withLock({ $0?.isStillInPlace ?? false }) else {
            throw StoreFailure.failed(
                "the lease was given back already, or its lock file was removed",
                remedy: "leave the .lease and .lock files of a store alone")
        }
        return nil
    }

    func release() async {
        // The last reference goes here, and with it lock and descriptor.
        _ = lock.withLock { lock in
            defer { lock = nil }
            return lock
        }
    }
}
#endif
