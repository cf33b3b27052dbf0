import TesseraCore

extension TokenStoreContract {
    /// What a lease has to do with the entry: it protects the renewal, and does not lie on the data.
    static let holderChecks: [TokenStoreCheck] = [
        leasing("of many holders one at a time renews the entry") { users in
            let name = try users.name()
            _ = try await users.open().save(Array("0".utf8), for: name, replacing: nil)
            let inside = SharedCount()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        let store = try await users.leasing()
                        for _ in 0..<5 { try await renew(store, name, users, inside) }
                    }
                }
                try await group.waitForAll()
            }
            try require("the count", try await number(users.open(), name), is: 40)
        },
        leasing("one without the lease can still save") { users in
            let (holder, other, name) = (try await users.leasing(), try await users.leasing(), try users.name())
            let lease = try await users.take(name, of: holder)
            let version = try await other.save([1], for: name, replacing: nil)
            _ = try await other.save([2], for: name, replacing: version)
            try require("the entry", try await holder.load(name)?.bytes, is: [2])
            await lease.release()
        },
        leasing("the lease stays when the entry is replaced and removed") { users in
            let (store, name) = (try await users.leasing(), try users.name())
            let lease = try await users.take(name, of: store)
            var version = try await store.save([1], for: name, replacing: nil)
            version = try await store.save([2], for: name, replacing: version)
            try require(try await !users.isFree(name, of: users.leasing()), "the lease held", saw: "free")
            try await store.remove(name, replacing: version)
            try require(try await !users.isFree(name, of: users.leasing()), "the lease held", saw: "free")
            await lease.release()
            try require(try await users.isFree(name, of: users.leasing()), "the lease free", saw: "held")
        },
    ]

    private static func renew(
        _ store: any LeasingTokenStore, _ name: StorageName, _ users: TokenStoreUsers, _ inside: SharedCount
    ) async throws {
        let lease = try await users.take(name, of: store)
        let others = inside.add(1)
        let before = try await store.load(name)
        let next = try await number(store, name) + 1
        await Task.yield()
        _ = try await store.save(Array(String(next).utf8), for: name, replacing: before?.version)
        inside.add(-1)
        await lease.release()
        try require("the other holders meanwhile", others, is: 0)
    }
}
