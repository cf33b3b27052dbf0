#if OAuth
import Foundation
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// Threat C5: what other users of the machine, and careless ones, put in the way.
@Suite struct `Store attacks` {
    private let name = StorageName.fixture("entry")

    private static var isRoot: Bool { geteuid() == 0 }

    /// What is done to a store that holds `entry`, and with which error loading it then ends.
    static let onFiles: [(String, String, TesseraError.Code)] = [
        ("a link in the entry's place", "mv store/entry.login other; ln -s ../other store/entry.login", .storeInsecure),
        ("a link to nothing", "rm store/entry.login; ln -s /nowhere/at/all store/entry.login", .storeInsecure),
        ("a second name (hard link)", "ln store/entry.login elsewhere", .storeInsecure),
        ("a pipe", "rm store/entry.login; mkfifo -m 600 store/entry.login", .storeInsecure),
        ("a directory", "rm store/entry.login; mkdir -m 700 store/entry.login", .storeInsecure),
        ("an entry that others can read", "chmod 644 store/entry.login", .storeInsecure),
        ("an entry that the group can read", "chmod 640 store/entry.login", .storeInsecure),
        ("a lock that the group can write", "chmod 660 store/entry.lock", .storeInsecure),
        ("a directory that the group can list", "chmod 750 store", .storeInsecure),
        ("a lock that others can write", "chmod 666 store/entry.lock", .storeInsecure),
        ("a link in the lock's place", "rm store/entry.lock; ln -s ../other store/entry.lock", .storeInsecure),
        ("a directory that others can write", "chmod 777 store", .storeInsecure),
        ("a directory that others can list", "chmod 755 store", .storeInsecure),
        ("a parent that others can write", "chmod 777 .", .storeInsecure),
        ("a link in the directory's place", "mv store real; ln -s real store", .storeInsecure),
        ("a file in the directory's place", "rm -r store; touch store", .storeInsecure),
    ]

    @Test(arguments: onFiles.indices)
    func `what is in the way is refused`(row: Int) async throws {
        let (what, line, code) = Self.onFiles[row]
        let directory = try StoreDirectory()
        let store = try directory.store()
        let version = try await store.save(Array("secret".utf8), for: name, replacing: nil)
        try directory.shell(line)
        #expect(await storeError { _ = try await store.load(name) } == code, "load after \(what)")
        #expect(await storeError { _ = try await store.save([1], for: name, replacing: version) } == code, "save")
        #expect(!FileManager.default.fileExists(atPath: "/nowhere"))
    }

    static let asRoot: [(String, String)] = [
        ("an entry of another user", "chown 12345 store/entry.login"),
        ("a lock of another user", "chown 12345 store/entry.lock"),
        ("a directory of another user", "chown 12345 store"),
        ("a parent of another user", "chown 12345 ."),
        ("another user's HOME under sudo", "chown 12345 ."),
    ]

    @Test(.enabled(if: isRoot, "needs root to make other users' files"), arguments: asRoot.indices)
    func `what belongs to another user is refused`(row: Int) async throws {
        let (what, line) = Self.asRoot[row]
        let directory = try StoreDirectory()
        let store = try directory.store()
        let version = try await store.save(Array("secret".utf8), for: name, replacing: nil)
        try directory.shell(line)
        #expect(await storeError { _ = try await store.load(name) } == .storeInsecure, "load: \(what)")
        #expect(await storeError { _ = try await store.save([1], for: name, replacing: version) } == .storeInsecure)
        #expect(await storeError { _ = try directory.store() } == .storeInsecure || row < 2, "opening")
        try directory.shell("chown 0 . store store/*")
    }

    /// A link that another user made in a directory for all, such as /tmp.
    @Test(.enabled(if: isRoot, "needs root to make other users' files"))
    func `another user's link on the way is not followed, one's own is`() async throws {
        let directory = try StoreDirectory()
        try directory.shell("mkdir -m 1777 all; mkdir -m 700 real; ln -s ../real all/own; ln -s ../real all/foreign")
        try directory.shell("chown -h 12345 all/foreign")
        let options = FileTokenStore.Options(witness: .none)
        _ = try FileTokenStore(directory: "\(directory.root)/all/own/store", options: options)
        #expect(FileManager.default.fileExists(atPath: "\(directory.root)/real/store"))
        let foreign = await storeError {
            _ = try FileTokenStore(directory: "\(directory.root)/all/foreign/store", options: options)
        }
        #expect(foreign == .storeInsecure)
    }

    @Test func `links in a circle are not followed for ever`() async throws {
        let directory = try StoreDirectory()
        try directory.shell("ln -s b a; ln -s a b; ln -s . c")
        for path in ["a/store", "c/a/store"] {
            let seen = await storeError { _ = try FileTokenStore(directory: "\(directory.root)/\(path)") }
            #expect(seen == .storeInsecure, "\(path)")
        }
    }

    @Test(arguments: [
        "relative/path", "", "/", "/a/../b", "/a\u{0}b", "~/store", "/" + String(repeating: "a/", count: 300),
    ])
    func `a path that is no plain absolute one is refused`(path: String) async {
        #expect(await storeError { _ = try FileTokenStore(directory: path) } == .misconfigured)
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/proc/self"), "Linux"))
    func `a file system that is not known to be local is refused unless it is named`() async throws {
        // /dev/mqueue, /proc and /sys are on every Linux machine and hold no files of ours.
        let seen = await storeError { _ = try FileTokenStore(directory: "/proc/self/task") }
        #expect(seen == .storeInsecure)
        let place = FilePlace(path: "/proc", options: .init(allowedFileSystems: ["proc"], witness: .none))
        #expect(await storeError { _ = try place.open(creating: false) } == .storeInsecure, "its mode is 555")
    }

    /// The directory is exchanged while a lease is held: the holder goes on in the old one, nobody writes into the new.
    @Test func `a directory that is exchanged is another store`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        let version = try await store.save(Array("mine".utf8), for: name, replacing: nil)
        try directory.shell("mv store old; mkdir -m 700 store")
        #expect(try await store.load(name) == nil)
        await #expect(throws: TokenStoreConflict.self) { try await store.save([1], for: name, replacing: version) }
    }
}
#endif
