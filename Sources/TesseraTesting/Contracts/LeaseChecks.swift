import TesseraCore

extension TokenStoreContract {
    /// A lease has one holder.
    static let leaseChecks: [TokenStoreCheck] = [
        leasing("a lease that is held is not to be had, and the asker's time ends") { users in
            let (one, other, name) = (try await users.leasing(), try await users.leasing(), try users.name())
            let lease = try await users.take(name, of: one)
            try require(try await !users.isFree(name, of: other), "no second lease", saw: "one")
            try require(try await !users.isFree(name, of: one), "no second lease for the same user", saw: "one")
            await lease.release()
        },
        leasing("a lease that is given back goes to one who waits") { users in
            let (one, other, name) = (try await users.leasing(), try await users.leasing(), try users.name())
            let lease = try await users.take(name, of: one)
            async let next = users.take(name, of: other)
            try await Task.sleep(for: TokenStoreUsers.brief)
            await lease.release()
            try await next.release()
        },
        leasing("a lease that is dropped is given back") { users in
            let (store, name) = (try await users.leasing(), try users.name())
            _ = try await users.take(name, of: store).fence
            let next = try await users.take(name, of: users.leasing())
            await next.release()
        },
        leasing("fences grow from holder to holder") { users in
            let (one, other, name) = (try await users.leasing(), try await users.leasing(), try users.name())
            var last: UInt64 = 0
            for round in 0..<12 {
                let lease = try await users.take(name, of: round % 3 == 0 ? one : other)
                try require(lease.fence > last, "a fence above \(last)", saw: "\(lease.fence)")
                last = lease.fence
                await lease.release()
            }
        },
        leasing("leases of different names have nothing to do with each other") { users in
            let store = try await users.leasing()
            let (one, other) = (try users.name("one"), try users.name("other"))
            let lease = try await users.take(one, of: store)
            let second = try await users.take(other, of: store)
            try require(lease.fence > 0 && second.fence > 0, "fences above zero", saw: "zero")
            await lease.release()
            try require(try await !users.isFree(other, of: users.leasing()), "the other lease held", saw: "free")
            await second.release()
        },
        leasing("a release twice gives back one lease only") { users in
            let (store, name) = (try await users.leasing(), try users.name())
            let lease = try await users.take(name, of: store)
            await lease.release()
            let next = try await users.take(name, of: users.leasing())
            await lease.release()
            try require(try await !users.isFree(name, of: store), "the next holder's lease held", saw: "free")
            await next.release()
        },
        leasing("a held lease is renewed, and one that was given back is not") { users in
            let (store, name) = (try await users.leasing(), try users.name())
            let lease = try await users.take(name, of: store)
            let end = try await lease.renew()
            try require((end == nil) == (lease.end == nil), "an end as before", saw: "\(String(describing: end))")
            await lease.release()
            do {
                _ = try await lease.renew()
            } catch {
                return
            }
            throw ContractViolation(expected: "an error from a renewal after the release", seen: "success")
        },
        leasing("a waiter that is cancelled leaves, and the lease is free for others") { users in
            let (store, name) = (try await users.leasing(), try users.name())
            let lease = try await users.take(name, of: store)
            let waiter = Task { try await users.take(name, of: store) }
            try await Task.sleep(for: TokenStoreUsers.brief)
            waiter.cancel()
            let outcome = await waiter.result
            if case .success(let wrong) = outcome {
                await wrong.release()
                throw ContractViolation(expected: "no lease for one who is cancelled", seen: "a lease")
            }
            await lease.release()
            try await users.take(name, of: users.leasing()).release()
        },
        leasing("the store's clock does not go back between its users") { users in
            var last = try await users.leasing().storeTime()
            for _ in 0..<20 {
                let next = try await users.leasing().storeTime()
                try require("the epoch", next.epoch, is: last.epoch)
                try require(next.time >= last.time, "a time not before the last", saw: "an earlier one")
                last = next
            }
        },
    ]

    static func leasing(
        _ name: String, _ experiment: @escaping @Sendable (TokenStoreUsers) async throws -> Void
    ) -> TokenStoreCheck {
        TokenStoreCheck(name, needsLeases: true, experiment)
    }
}
