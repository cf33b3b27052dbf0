/// SplitMix64: each request's fate follows from the run's seed and the request's number alone.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64, id: Int) {
        state = seed &* 0x2545_F491_4F6C_DD1D &+ UInt64(truncatingIfNeeded: id) &* 0xD6E8_FEB8_6659_FD93
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &self) }
    mutating func percent(_ share: Int) -> Bool { below(100) < share }
}
