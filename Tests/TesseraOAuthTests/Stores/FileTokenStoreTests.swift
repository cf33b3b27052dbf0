#if OAuth
import Foundation
import Synchronization
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// What fails, and what is left behind.
@Suite struct `File token store` {
    private let name = StorageName.fixture("entry")

    @Test func `files and directory are for their owner only`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store(.init(witness: .directory(directory.witness)))
        _ = try await store.save([1], for: name, replacing: nil)
        let modes = try directory.shell("find store witness -printf '%y%m %f\\n' | sort")
        #expect(modes.split(separator: "\n").allSatisfy { $0.hasPrefix("d700 ") || $0.hasPrefix("f600 ") }, "\(modes)")
        #expect(modes.contains("entry.login") && modes.contains("entry.lock") && modes.contains(".mark"))
        let opened = try #require(try DirectoryWalk.open(directory.path, creating: false))
        #expect(store.durability == (FileSystemKind.of(opened).isVolatile ? .volatile : .durable))
    }

    private final class Trap: Sendable {
        let step: FileStep
        let code: Int32
        private let isArmed = Mutex(false)

        init(_ step: FileStep, _ code: Int32) {
            self.step = step
            self.code = code
        }

        func arm(_ value: Bool = true) { isArmed.withLock { $0 = value } }

        func callAsFunction(_ step: FileStep) throws(FileCalls.Failure) {
            guard step == self.step, isArmed.withLock({ $0 }) else { return }
            throw FileCalls.Failure(call: step.rawValue, code: code)
        }
    }

    static let faults: [(FileStep, Int32)] = [.create, .write, .syncFile, .rename, .syncDirectory, .mark].flatMap {
        step in
        [ENOSPC, EIO, EDQUOT, EROFS].map { (step, $0) }
    }

    @Test(arguments: faults.indices)
    func `a write that fails leaves the old entry or the new one, whole, and the next one succeeds`(row: Int)
        async throws
    {
        let (step, code) = Self.faults[row]
        let directory = try StoreDirectory()
        let trap = Trap(step, code)
        let store = try directory.store(hook: { (step) throws(FileCalls.Failure) in try trap(step) })
        let first = try await store.save([1, 1, 1], for: name, replacing: nil)
        trap.arm()
        #expect(await storeError { _ = try await store.save([2, 2], for: name, replacing: first) } == .storeFailed)
        trap.arm(false)
        let entry = try #require(try await store.load(name))
        let isNew = step == .syncDirectory || step == .mark
        #expect(entry.bytes == (isNew ? [2, 2] : [1, 1, 1]))
        #expect((entry.version == first) == !isNew)
        let left = try directory.shell("ls store")
        #expect(!left.contains(".next"), "\(left)")
        let next = try await store.save([3], for: name, replacing: entry.version)
        #expect(next != first && next != entry.version)
        #expect(try await store.load(name)?.bytes == [3])
    }

    @Test func `space that cannot be set aside is an error, and nothing is left of it`() async throws {
        let directory = try StoreDirectory()
        let trap = Trap(.allocate, ENOSPC)
        trap.arm()
        let store = try directory.store(hook: { (step) throws(FileCalls.Failure) in try trap(step) })
        #expect(await storeError { try await store.reserve(100_000, for: name) } == .storeFailed)
        #expect(try directory.shell("ls store") == "entry.lock\n")
    }

    /// The next version is the intent; it must not use up the space of the answer. Seen by strace: it once did.
    @Test func `space is left alone by the next write, used by the one after it, and freed by it`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        func number(_ line: String) throws -> Int {
            Int(try directory.shell(line).trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
        }
        let ready = try await store.save([1], for: name, replacing: nil)
        try await store.reserve(400_000, for: name)
        let intent = try await store.save([2], for: name, replacing: ready)
        #expect(try number("stat -c %b store/entry.space") * 512 >= 400_000, "while the request is under way")
        let inode = try number("stat -c %i store/entry.space")
        _ = try await store.save([3], for: name, replacing: intent)
        #expect(try number("stat -c %i store/entry.login") == inode, "the same file")
        #expect(try number("stat -c %b store/entry.login") <= 16)
        #expect(try directory.shell("ls store") == "entry.lock\nentry.login\n")
        #expect(try await store.load(name)?.bytes == [3])
    }

    @Test func `space that was written into in vain is used by the next attempt`() async throws {
        let directory = try StoreDirectory()
        let trap = Trap(.syncFile, EIO)
        let store = try directory.store(hook: { (step) throws(FileCalls.Failure) in try trap(step) })
        try await store.reserve(400_000, for: name)
        let intent = try await store.save([1], for: name, replacing: nil)
        trap.arm()
        #expect(await storeError { _ = try await store.save([2], for: name, replacing: intent) } == .storeFailed)
        trap.arm(false)
        #expect(try await store.load(name)?.bytes == [1])
        let inode = try directory.shell("stat -c %i store/entry.space")
        _ = try await store.save([3], for: name, replacing: intent)
        #expect(try directory.shell("stat -c %i store/entry.login") == inode)
        #expect(try await store.load(name)?.bytes == [3])
    }

    /// C8: what a crash between write and rename leaves does not last, and after a logout nothing does.
    @Test func `a left-over is overwritten by the next write and removed with the entry`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        let version = try await store.save(Array("first".utf8), for: name, replacing: nil)
        try directory.shell("umask 077; echo LEFT-OVER > store/entry.next")
        let second = try await store.save(Array("second".utf8), for: name, replacing: version)
        #expect(try await store.load(name)?.bytes == Array("second".utf8))
        try directory.shell("umask 077; echo LEFT-OVER > store/entry.next")
        try await store.remove(name, replacing: second)
        #expect(try directory.shell("cat store/* | grep -c -e LEFT-OVER -e second || true") == "0\n")
        #expect(try directory.shell("ls store") == "entry.lock\n")
    }

    @Test func `an entry above the limit is neither written nor read`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        let long = [UInt8](repeating: 1, count: FileTokenStore.longestEntry + 1)
        #expect(await storeError { _ = try await store.save(long, for: name, replacing: nil) } == .storeFailed)
        try directory.shell("umask 077; head -c 3000000 /dev/zero > store/entry.login")
        #expect(await storeError { _ = try await store.load(name) } == .storeTampered)
    }

    @Test func `a writer that is stopped in the lock is waited for, but not for ever`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store(.init(witness: .none, longestWait: .milliseconds(300)))
        let place = FilePlace(path: directory.path, options: .init(witness: .none))
        let lock = try #require(try FileLock.attempt(FileEntries.lockName(name), at: place))
        #expect(await storeError { _ = try await store.save([1], for: name, replacing: nil) } == .storeFailed)
        #expect(lock.isStillInPlace)
        _ = try await directory.store().load(name)
    }

    @Test func `in virtual time it works on the caller's thread`() async throws {
        try await withVirtualTime { time in
            let directory = try StoreDirectory()
            let store = try FileTokenStore(
                directory: directory.path, options: .init(witness: .none), runtime: time.runtime, work: .inline)
            let lease = try await store.lease(name, until: time.now.advanced(by: .seconds(1)), runtime: time.runtime)
            let version = try await store.save([1], for: name, replacing: nil)
            #expect(try await store.load(name) == StoredEntry(bytes: [1], version: version))
            let refused = try await time.run { [name] in
                try await store.lease(name, until: time.now.advanced(by: .seconds(5)), runtime: time.runtime) == nil
            }
            #expect(refused && time.elapsed >= .seconds(5))
            #expect(try await store.storeTime().time == time.runtime.wallTime())
            await lease?.release()
        }
    }
}
#endif
