import TesseraCore

extension TokenStoreContract {
    /// Several writers at once.
    static let writerChecks: [TokenStoreCheck] = [
        TokenStoreCheck("of sixteen writers who have seen the same version one succeeds") { users in
            let name = try users.name()
            let version = try await users.open().save([0], for: name, replacing: nil)
            try await requireOneWinner(users, name, replacing: version)
        },
        TokenStoreCheck("of sixteen who create the same entry one succeeds") { users in
            try await requireOneWinner(users, users.name(), replacing: nil)
        },
        TokenStoreCheck("no increment of eight writers is lost") { users in
            let name = try users.name()
            _ = try await users.open().save(Array("0".utf8), for: name, replacing: nil)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let store = try await users.open()
                        for _ in 0..<12 { try await increment(store, name) }
                    }
                }
                try await group.waitForAll()
            }
            try require("the count", try await number(users.open(), name), is: 96)
        },
        TokenStoreCheck("a reader sees whole entries only") { users in
            let name = try users.name()
            let writer = try await users.open()
            var version = try await writer.save(pattern(0), for: name, replacing: nil)
            let ends = SharedCount()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 {
                    group.addTask {
                        let reader = try await users.open()
                        while ends.value == 0 {
                            let bytes = try await reader.load(name)?.bytes ?? []
                            let isWhole = bytes == pattern(Int(bytes.first ?? 255))
                            try require(isWhole, "a whole entry", saw: "a mixture of \(bytes.count) bytes")
                            await Task.yield()
                        }
                    }
                }
                defer { ends.add(1) }
                for round in 1...40 {
                    version = try await writer.save(pattern(round), for: name, replacing: version)
                }
                ends.add(1)
                try await group.waitForAll()
            }
        },
        TokenStoreCheck("a save that is cancelled leaves one entry or the other, and the store in order") { users in
            let (store, name) = (try await users.open(), try users.name())
            var version = try await store.save(pattern(0), for: name, replacing: nil)
            for round in 1...20 {
                let (seen, bytes) = (version, pattern(round))
                let task = Task { _ = try? await store.save(bytes, for: name, replacing: seen) }
                if round % 2 == 0 { await Task.yield() }
                task.cancel()
                await task.value
                guard let entry = try await store.load(name) else {
                    throw ContractViolation(expected: "an entry", seen: "none")
                }
                try require(
                    entry.bytes == pattern(Int(entry.bytes.first ?? 255)), "a whole entry",
                    saw: "\(entry.bytes.count) bytes")
                version = try await store.save(pattern(round), for: name, replacing: entry.version)
            }
        },
        TokenStoreCheck("writers of different names do not meet") { users in
            let names = try (0..<8).map { try users.name("n\($0)") }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in names {
                    group.addTask {
                        let store = try await users.open()
                        var version: StoreVersion?
                        for round in UInt8(0)..<10 {
                            version = try await store.save([round], for: name, replacing: version)
                        }
                    }
                }
                try await group.waitForAll()
            }
            for name in names { try require("the entry", try await users.open().load(name)?.bytes, is: [9]) }
        },
    ]

    private static func requireOneWinner(
        _ users: TokenStoreUsers, _ name: StorageName, replacing version: StoreVersion?
    ) async throws {
        let winners = try await withThrowingTaskGroup(of: UInt8?.self) { group in
            for number in UInt8(1)...16 {
                group.addTask {
                    let store = try await users.open()
                    do {
                        _ = try await store.save([number], for: name, replacing: version)
                        return number
                    } catch is TokenStoreConflict {
                        return nil
                    }
                }
            }
            return try await group.reduce(into: [UInt8]()) { winners, winner in
                if let winner { winners.append(winner) }
            }
        }
        try require("the number of writers who succeeded", winners.count, is: 1)
        try require("the entry", try await users.open().load(name)?.bytes, is: winners)
    }

    /// Entries of different lengths that tell whether they are whole.
    private static func pattern(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 200 + number * 997 % 30_000)
    }

    static func number(_ store: any TokenStore, _ name: StorageName) async throws -> Int {
        Int(String(decoding: try await store.load(name)?.bytes ?? [], as: UTF8.self)) ?? -1
    }

    private static func increment(_ store: any TokenStore, _ name: StorageName) async throws {
        while true {
            guard let entry = try await store.load(name) else {
                throw ContractViolation(expected: "an entry", seen: "none")
            }
            let next = (Int(String(decoding: entry.bytes, as: UTF8.self)) ?? -1000) + 1
            do {
                _ = try await store.save(Array(String(next).utf8), for: name, replacing: entry.version)
                return
            } catch is TokenStoreConflict {
                await Task.yield()
            }
        }
    }
}
