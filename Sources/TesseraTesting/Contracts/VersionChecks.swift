import TesseraCore

extension TokenStoreContract {
    /// An entry is replaced only by one who has seen it.
    static let versionChecks: [TokenStoreCheck] = [
        TokenStoreCheck("a new entry does not take the place of an existing one") { users in
            let (store, name) = (try await users.open(), try users.name())
            let version = try await store.save([1], for: name, replacing: nil)
            try await requireConflict("a save that expects no entry") {
                _ = try await store.save([2], for: name, replacing: nil)
            }
            try require("the entry", try await store.load(name), is: StoredEntry(bytes: [1], version: version))
        },
        TokenStoreCheck("an old version does not replace a newer one") { users in
            let (store, name) = (try await users.open(), try users.name())
            let first = try await store.save([1], for: name, replacing: nil)
            let second = try await store.save([2], for: name, replacing: first)
            try await requireConflict("a save over an old version") {
                _ = try await store.save([3], for: name, replacing: first)
            }
            try require("the entry", try await store.load(name), is: StoredEntry(bytes: [2], version: second))
        },
        TokenStoreCheck("nothing is replaced where nothing is") { users in
            let (store, name) = (try await users.open(), try users.name())
            let version = try await store.save([1], for: name, replacing: nil)
            try await store.remove(name, replacing: version)
            try await requireConflict("a save over a removed version") {
                _ = try await store.save([2], for: name, replacing: version)
            }
            try require(try await store.load(name) == nil, "no entry", saw: "one")
        },
        TokenStoreCheck("the same bytes saved again are another version") { users in
            let (store, name) = (try await users.open(), try users.name())
            let first = try await store.save([7], for: name, replacing: nil)
            let second = try await store.save([7], for: name, replacing: first)
            try require(first != second, "another version", saw: "the same")
            try await requireConflict("a save over the first version") {
                _ = try await store.save([8], for: name, replacing: first)
            }
        },
        TokenStoreCheck("versions never repeat, also not after a removal") { users in
            let (one, other, name) = (try await users.open(), try await users.open(), try users.name())
            var seen: Set<StoreVersion> = []
            for round in 0..<30 {
                let store = round % 2 == 0 ? one : other
                let first = try await store.save([1], for: name, replacing: nil)
                let second = try await store.save([1], for: name, replacing: first)
                for version in [first, second] {
                    try require(seen.insert(version).inserted, "a version never seen", saw: "one from before")
                }
                try await store.remove(name, replacing: second)
            }
        },
        TokenStoreCheck("a version of one name means nothing for another") { users in
            let store = try await users.open()
            let (one, other) = (try users.name("one"), try users.name("other"))
            let foreign = try await store.save([1], for: one, replacing: nil)
            let own = try await store.save([2], for: other, replacing: nil)
            if foreign != own {
                try await requireConflict("a save over another name's version") {
                    _ = try await store.save([3], for: other, replacing: foreign)
                }
            }
            try require("the entry", try await store.load(other)?.bytes, is: [2])
        },
        TokenStoreCheck("a removed entry is gone for all") { users in
            let (one, other, name) = (try await users.open(), try await users.open(), try users.name())
            let version = try await one.save([1], for: name, replacing: nil)
            try await other.remove(name, replacing: version)
            try require(try await one.load(name) == nil, "no entry", saw: "one")
            try await requireConflict("a second removal") { try await one.remove(name, replacing: version) }
        },
        TokenStoreCheck("an old version does not remove a newer entry") { users in
            let (store, name) = (try await users.open(), try users.name())
            let first = try await store.save([1], for: name, replacing: nil)
            _ = try await store.save([2], for: name, replacing: first)
            try await requireConflict("a removal of an old version") { try await store.remove(name, replacing: first) }
            try require("the entry", try await store.load(name)?.bytes, is: [2])
        },
        TokenStoreCheck("an entry is discarded whatever its version, and a new one takes its place") { users in
            let (store, name) = (try await users.open(), try users.name())
            let first = try await store.save([1], for: name, replacing: nil)
            try await store.discard(name)
            try require(try await store.load(name) == nil, "no entry", saw: "one")
            try await store.discard(name)
            let second = try await store.save([2], for: name, replacing: nil)
            try require(first != second, "another version", saw: "the same")
        },
    ]
}
