#if OAuth
import Foundation
import TesseraCore
import TesseraTesting
import Testing

@testable import TesseraOAuth

/// Threats C1 and C2: entries that were swapped, copied or brought back from yesterday. Each ends with an error of its
/// own when it is loaded, so no token of it can be sent.
@Suite struct `Store copies` {
    private let name = StorageName.fixture("entry")

    /// What happens between yesterday's backup and today's load, with the error to expect; nil where nothing is wrong.
    static let table: [(String, String, TesseraError.Code?)] = [
        ("nothing", "", nil),
        ("one file put back by cp", "cp -a backup/entry.login store/", .storeRolledBack),
        (
            "one file put back by cp into a new file", "rm store/entry.login; cp -a backup/entry.login store/",
            .storeRolledBack
        ),
        ("one file put back by tar", "tar -C backup -cf t entry.login; tar -C store -xf t", .storeRolledBack),
        ("cp -a over the directory", "cp -a backup/. store/", .storeRolledBack),
        ("rm -r and cp -a", "rm -r store; cp -a backup store", .storeRolledBack),
        ("the same without a witness", "rm -r store witness; cp -a backup store", .storeCopied),
        ("one file put back by rename, the original", "mv yesterday store/entry.login", .storeRolledBack),
        ("today's file, copied and put back", "cp -a store/entry.login x; cp -a x store/entry.login", nil),
        ("today's file, replaced by its copy", "cp -a store/entry.login x; mv x store/entry.login", .storeRolledBack),
        ("today's directory, replaced by its copy", "cp -a store x; rm -r store; mv x store", .storeCopied),
        ("today's directory, moved away and back", "mv store x; mv x store", nil),
        ("another entry by cp", "cp -a store/other.login store/entry.login", .storeTampered),
        ("two entries swapped", "mv store/entry.login x; mv store/other.login store/entry.login", .storeTampered),
        ("one byte edited", "printf X | dd of=store/entry.login bs=1 seek=200 conv=notrunc 2>&1", .storeTampered),
        ("cut", "truncate -s 100 store/entry.login", .storeTampered),
        ("emptied", ": > store/entry.login", .storeTampered),
        ("prolonged", "echo >> store/entry.login", .storeTampered),
        ("the lock files lost", "rm store/*.lock", nil),
        ("the witness lost", "rm -r witness", nil),
    ]

    @Test(arguments: table.indices)
    func `yesterday's entry is not today's`(row: Int) async throws {
        let (what, line, expected) = Self.table[row]
        let directory = try StoreDirectory()
        let options = FileTokenStore.Options(witness: .directory(directory.witness))
        let store = try directory.store(options)
        let first = try await store.save(Array("day 1".utf8), for: name, replacing: nil)
        _ = try await store.save(Array("day 2".utf8), for: name, replacing: first)
        // A copy, and the very file: it is moved away, and the next day's takes its place.
        try directory.shell("cp -a store backup; mv store/entry.login yesterday")
        let version = try await store.save(Array("day 3".utf8), for: name, replacing: nil)
        _ = try await store.save(Array("of somebody else".utf8), for: .fixture("other"), replacing: nil)
        try directory.shell(line)
        #expect(await storeError { _ = try await store.load(name) } == expected, "\(what)")
        let saved = await storeError {
            _ = try await store.save([9], for: name, replacing: version)
        }
        #expect(saved == expected, "save after \(what)")
        guard expected == nil else { return }
        #expect(try await store.load(name)?.bytes == [9])
    }

    @Test func `a copy is used only after it was adopted, and then goes on`() async throws {
        let directory = try StoreDirectory()
        let first = try directory.store()
        _ = try await first.save(Array("login".utf8), for: name, replacing: nil)
        try directory.shell("cp -a store copy")
        let copy = try FileTokenStore(directory: "\(directory.root)/copy", options: .init(witness: .none))
        #expect(await storeError { _ = try await copy.load(name) } == .storeCopied)
        #expect(try await copy.adoptCopy() == 1)
        let entry = try #require(try await copy.load(name))
        #expect(entry.bytes == Array("login".utf8))
        _ = try await copy.save([2], for: name, replacing: entry.version)
        #expect(try await first.load(name)?.bytes == Array("login".utf8), "the original is as it was")
    }

    @Test func `another machine's store is a copy, and a name for the machine is another machine`() async throws {
        let directory = try StoreDirectory()
        _ = try await directory.store(.init(machine: "one", witness: .none)).save([1], for: name, replacing: nil)
        let other = try directory.store(.init(machine: "two", witness: .none))
        #expect(await storeError { _ = try await other.load(name) } == .storeCopied)
        #expect(try await directory.store(.init(machine: "one", witness: .none)).load(name)?.bytes == [1])
    }

    /// Step 15 of the protocol: one who remembers a newer generation puts it back.
    @Test func `an entry that was put back is adopted and replaced by one who knows better`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        let first = try await store.save([1], for: name, replacing: nil)
        try directory.shell("cp -a store/entry.login old")
        let second = try await store.save([2], for: name, replacing: first)
        try directory.shell("cp -a old store/entry.login")
        #expect(await storeError { _ = try await store.load(name) } == .storeRolledBack)
        try await store.adopt(name)
        let found = try #require(try await store.load(name))
        #expect(found.bytes == [1] && found.version != first && found.version != second)
        _ = try await store.save([3], for: name, replacing: found.version)
        #expect(try await store.load(name)?.bytes == [3])
    }

    @Test func `what was edited is not adopted, and is discarded for a new login`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        let first = try await store.save([1, 2, 3], for: name, replacing: nil)
        try directory.shell("printf X >> store/entry.login")
        #expect(await storeError { try await store.adopt(name) } == .storeTampered)
        try await store.discard(name)
        #expect(try await store.load(name) == nil)
        let second = try await store.save([4], for: name, replacing: nil)
        #expect(second != first)
    }

    /// After a logout yesterday's entry must not bring the login back.
    @Test func `a removed entry that is put back is noticed`() async throws {
        let directory = try StoreDirectory()
        let store = try directory.store()
        _ = try await store.save([1], for: name, replacing: nil)
        try directory.shell("cp -a store/entry.login old; mv store/entry.login original")
        try await store.discard(name)
        try directory.shell("cp -a old store/entry.login")
        #expect(await storeError { _ = try await store.load(name) } == .storeRolledBack)
        try directory.shell("mv original store/entry.login")
        #expect(await storeError { _ = try await store.load(name) } == .storeRolledBack)
    }
}
#endif
