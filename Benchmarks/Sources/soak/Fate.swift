import HTTPTypes

/// What becomes of one request: how the server behaves, and what its caller does meanwhile.
struct Fate {
    enum Caller {
        case waits
        case cancels(afterMicroseconds: Int)
        case hasLittleTime(milliseconds: Int)
        case streams(leavesEarly: Bool)
    }

    enum Body {
        case none
        case bytes(Int)
        case written(Int)
        case writerFails
    }

    /// How often in 1,000 the server does what. Its side is in `Benchmarks/soak/server.py`.
    static let behaviours: [(name: String, weight: Int)] = [
        ("ok", 640), ("chunked", 60), ("big", 30), ("slow", 60), ("close", 40), ("silentclose", 40), ("idleclose", 50),
        ("giveup", 20), ("reset", 10), ("half", 20), ("halfreset", 10), ("stray", 10), ("early", 10),
    ]

    let behaviour: String
    let method: HTTPRequest.Method
    let body: Body
    let caller: Caller

    /// - Parameter isPlain: Whether the server just answers.
    init(_ dice: inout Dice, isPlain: Bool) {
        var point = dice.below(1000)
        var name = "ok"
        for (candidate, weight) in Fate.behaviours {
            name = candidate
            point -= weight
            if point < 0 { break }
        }
        behaviour = isPlain ? "ok" : name
        switch dice.below(100) {
        case 0..<75: (method, body) = (.get, .none)
        case 75..<90: (method, body) = (.post, .bytes(dice.below(3000)))
        case 90..<98: (method, body) = (.post, .written(dice.below(40_000)))
        default: (method, body) = (.post, .writerFails)
        }
        switch dice.below(100) {
        case 0..<85: caller = .waits
        case 85..<92: caller = .cancels(afterMicroseconds: dice.below(4000))
        case 92..<95: caller = .hasLittleTime(milliseconds: 1 + dice.below(8))
        default: caller = .streams(leavesEarly: dice.percent(40))
        }
    }
}
