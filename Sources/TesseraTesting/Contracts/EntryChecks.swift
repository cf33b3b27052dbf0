import TesseraCore

extension TokenStoreContract {
    /// What is saved is what is loaded.
    static let entryChecks: [TokenStoreCheck] = [
        TokenStoreCheck("a name that was never saved has no entry") { users in
            let entry = try await users.open().load(users.name())
            try require(entry == nil, "no entry", saw: "one")
        },
        kept("every byte", Array(0...255)),
        kept("an entry of no bytes", []),
        kept("line breaks and zeros", Array("a\r\nb\n\0\0c\u{0}".utf8)),
        kept("an entry of 512 KiB", (0..<524_288).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }),
        TokenStoreCheck("a shorter entry replaces a longer one whole") { users in
            let (store, name) = (try await users.open(), try users.name())
            let first = try await store.save([UInt8](repeating: 1, count: 9000), for: name, replacing: nil)
            _ = try await store.save([2, 2], for: name, replacing: first)
            try require("the entry", try await store.load(name)?.bytes, is: [2, 2])
        },
        TokenStoreCheck("similar names have entries of their own") { users in
            let store = try await users.open()
            let long = String(repeating: "x", count: 90)
            let names = try ["a", "a-", "aa", "0", "00", "--", "con", "nul", long, long + "y", "y" + long]
                .map { try users.name($0) }
            for (index, name) in names.enumerated() {
                _ = try await store.save([UInt8(truncatingIfNeeded: index)], for: name, replacing: nil)
            }
            for (index, name) in names.enumerated() {
                let bytes = try await store.load(name)?.bytes
                try require("the entry of \(name.text.prefix(3))", bytes, is: [UInt8(truncatingIfNeeded: index)])
            }
        },
        TokenStoreCheck("the longest names differ in their last character") { users in
            let store = try await users.open()
            let base = String((try users.name().text + String(repeating: "z", count: 120)).prefix(119))
            for (number, end) in [(UInt8(1), "a"), (2, "b")] {
                guard let name = StorageName(base + end) else { continue }
                _ = try await store.save([number], for: name, replacing: nil)
            }
            let bytes = try await StorageName(base + "a").asyncMap { try await store.load($0)?.bytes }
            try require("the entry", bytes ?? nil, is: [1])
        },
        TokenStoreCheck("what one user has saved another one loads at once") { users in
            let (writer, reader, name) = (try await users.open(), try await users.open(), try users.name())
            var version: StoreVersion?
            for round in UInt8(0)..<20 {
                version = try await writer.save([round], for: name, replacing: version)
                let entry = try await reader.load(name)
                try require("the entry", entry?.bytes, is: [round])
                try require("its version", entry?.version, is: version)
            }
        },
        TokenStoreCheck("space that is set aside changes nothing") { users in
            let (store, name) = (try await users.open(), try users.name())
            try await store.reserve(65_536, for: name)
            try require(try await store.load(name) == nil, "no entry", saw: "one")
            let first = try await store.save([1], for: name, replacing: nil)
            try await store.reserve(65_536, for: name)
            try require("the entry", try await store.load(name), is: StoredEntry(bytes: [1], version: first))
            _ = try await store.save([2], for: name, replacing: first)
            try require("the entry", try await store.load(name)?.bytes, is: [2])
        },
    ]

    private static func kept(_ what: String, _ bytes: [UInt8]) -> TokenStoreCheck {
        TokenStoreCheck("\(what) comes back as it was") { users in
            let (store, name) = (try await users.open(), try users.name())
            let version = try await store.save(bytes, for: name, replacing: nil)
            let entry = try await store.load(name)
            try require("the entry", entry?.bytes, is: bytes)
            try require("its version", entry?.version, is: version)
        }
    }
}

extension Optional where Wrapped: Sendable {
    fileprivate func asyncMap<Result>(_ body: (Wrapped) async throws -> Result) async throws -> Result? {
        guard let self else { return nil }
        return try await body(self)
    }
}
