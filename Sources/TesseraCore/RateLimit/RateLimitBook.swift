/// What is left of the limits that an origin announced, for each credential. A value; time is handed in.
struct RateLimitBook: Sendable, Equatable {
    private struct Window: Equatable {
        var remaining: Int
        var resets: MonotonicInstant?
        var quota: Int?
    }

    private struct Account: Equatable {
        var windows: [String: Window] = [:]
        /// Admitted and not answered yet: the server may or may not have counted them.
        var underWay = 0
    }

    private static let most = 256
    /// Servers round: ends of a window that lie this close together are the same.
    private static let tolerance = Duration.milliseconds(1500)

    private var accounts: [Int: Account] = [:]

    /// - Returns: When the attempt may be sent; nil for now, and then it counts.
    mutating func admit(_ key: Int, now: MonotonicInstant) -> MonotonicInstant? {
        var account = accounts[key] ?? Account()
        for (name, window) in account.windows {
            guard let resets = window.resets, resets <= now else { continue }
            // A new window has begun. Without its quota nothing is known until the next answer.
            account.windows[name] = window.quota.map { Window(remaining: $0, resets: nil, quota: $0) }
        }
        let blocked = account.windows.values.filter { $0.remaining <= 0 }.compactMap(\.resets).max()
        if blocked == nil {
            account.underWay += 1
            for name in account.windows.keys {
                account.windows[name]?.remaining -= 1
            }
        }
        keep(account, key)
        return blocked
    }

    /// An attempt was answered.
    mutating func answered(_ key: Int, _ readings: [RateLimitReading], now: MonotonicInstant) {
        var account = accounts[key] ?? Account()
        account.underWay = max(0, account.underWay - 1)
        for reading in readings {
            let resets = reading.reset.map { now.advanced(by: $0) }
            var left = max(0, reading.remaining - account.underWay)
            if let known = account.windows[reading.name], RateLimitBook.isSame(known.resets, resets) {
                // Answers overtake each other: within a window what is left never grows.
                left = min(left, max(0, known.remaining))
            }
            account.windows[reading.name] = Window(
                remaining: left, resets: resets, quota: reading.quota ?? account.windows[reading.name]?.quota)
        }
        if account.windows.count > 8 { account.windows = [:] }
        keep(account, key)
    }

    /// An attempt that was admitted ended without an answer, or was not sent.
    mutating func abandoned(_ key: Int) {
        guard var account = accounts[key] else { return }
        account.underWay = max(0, account.underWay - 1)
        keep(account, key)
    }

    private mutating func keep(_ account: Account, _ key: Int) {
        if accounts[key] == nil, accounts.count >= RateLimitBook.most, let any = accounts.keys.first {
            accounts[any] = nil
        }
        accounts[key] = account
    }

    private static func isSame(_ one: MonotonicInstant?, _ other: MonotonicInstant?) -> Bool {
        guard let one, let other else { return false }
        let distance = one.duration(to: other)
        return distance <= tolerance && distance >= .zero - tolerance
    }
}
