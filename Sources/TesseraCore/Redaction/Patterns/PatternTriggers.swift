/// The windows of all rules: says at which places of a text a rule wants to look.
struct PatternTriggers: Sendable {
    /// By hash of a window: whether a rule has one like it. Of the 64 KB a text uses few, so that those stay in the first
    /// cache of a core.
    private var filter: [UInt8] = Array(repeating: 0, count: 1 << bits)
    /// Open addressing by the same hash: a window, and in the other array the number of its rule from one.
    private var windows: [UInt32]
    private var owners: [UInt8]

    private static let bits = 16
    /// Letters without their case; other signs that become alike are told apart by the rules.
    private static let caseless: UInt32 = 0x2020_2020

    init(_ rules: [PatternRule]) {
        let all = rules.enumerated().flatMap { number, rule in
            Set(rule.windows.flatMap { PatternTriggers.windows($0, rule.wildcard) }).map { ($0, UInt8(number + 1)) }
        }
        var count = 1024
        while count < all.count * 4 { count *= 2 }
        windows = Array(repeating: 0, count: count)
        owners = Array(repeating: 0, count: count)
        for (window, owner) in all {
            filter[PatternTriggers.hash(UInt64(window))] = 1
            var slot = self.slot(window)
            while owners[slot] != 0 { slot = (slot + 1) & (count - 1) }
            windows[slot] = window
            owners[slot] = owner
        }
    }

    /// The windows that a text with wildcards stands for.
    private static func windows(_ text: String, _ wildcard: ByteClass) -> [UInt32] {
        var windows: [UInt32] = [0]
        for (index, byte) in text.utf8.enumerated() {
            let bytes = byte == UInt8(ascii: "?") ? (UInt8.min...UInt8.max).filter { wildcard.contains($0) } : [byte]
            windows = windows.flatMap { window in bytes.map { window | UInt32($0) << UInt32(8 * index) } }
        }
        return windows.map { $0 | caseless }
    }

    /// The lower 16 bits, of the lower 29 of a window: cheap, and the same for each window of a word when the word is
    /// mixed at once.
    @inline(__always)
    private static func mix(_ word: UInt64) -> UInt64 { word ^ word >> 13 }
    @inline(__always)
    private static func hash(_ window: UInt64) -> Int { Int(truncatingIfNeeded: mix(window) & (1 << UInt64(bits) - 1)) }

    /// Multiplicative (Knuth, The Art of Computer Programming 3, §6.4): the upper bits are the mixed ones.
    private func slot(_ window: UInt32) -> Int {
        let upper = Int(truncatingIfNeeded: (window &* 0x9E37_79B1) >> 16)
        return (upper * windows.count) >> 16
    }

    // MARK: Looking

    /// Calls `look` with each place from `position` on, before `end`, where a rule has a window, until it says false.
    ///
    /// The windows before `end` lie within the text.
    func search(
        _ text: UnsafeBufferPointer<UInt8>, from position: Int, before end: Int,
        _ look: (_ place: Int, _ rule: Int) -> Bool
    ) {
        guard position < end, let base = text.baseAddress else { return }
        let bytes = UnsafeRawPointer(base)
        // A group of eight places reads eleven bytes, its two words twelve.
        let grouped = min(end, text.count - 12)
        filter.withUnsafeBufferPointer { filter in
            var place = position
            while place < end {
                while place &+ 8 <= grouped, PatternTriggers.hits(bytes + place, filter, isExact: false) == 0 {
                    place &+= 8
                }
                var hits: UInt8 = 1
                if place &+ 8 <= grouped { hits = PatternTriggers.hits(bytes + place, filter, isExact: true) }
                let next = place &+ 8 <= grouped ? place &+ 8 : place &+ 1
                while hits != 0 {
                    let other = place &+ hits.trailingZeroBitCount
                    guard ask(PatternTriggers.window(bytes + other), other, look) else { return }
                    hits &= hits &- 1
                }
                place = next
            }
        }
    }

    @inline(__always)
    private static func window(_ bytes: UnsafeRawPointer) -> UInt32 {
        UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)) | caseless
    }

    /// At which of the first eight bytes a window may begin, a bit each; or, quicker, whether at one of them.
    @inline(__always)
    private static func hits(
        _ bytes: UnsafeRawPointer, _ filter: UnsafeBufferPointer<UInt8>, isExact: Bool
    ) -> UInt8 {
        let caseless = UInt64(caseless) << 32 | UInt64(caseless)
        let first = mix(UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)) | caseless)
        let second = mix(UInt64(littleEndian: (bytes + 4).loadUnaligned(as: UInt64.self)) | caseless)
        @inline(__always)
        func entry(_ word: UInt64, _ index: UInt8) -> UInt8 {
            let hit = filter[Int(truncatingIfNeeded: word &>> (8 &* UInt64(index & 3)) & (1 << UInt64(bits) - 1))]
            return isExact ? hit &<< index : hit
        }
        return entry(first, 0) | entry(first, 1) | entry(first, 2) | entry(first, 3)
            | entry(second, 4) | entry(second, 5) | entry(second, 6) | entry(second, 7)
    }

    private func ask(_ window: UInt32, _ place: Int, _ look: (_ place: Int, _ rule: Int) -> Bool) -> Bool {
        var slot = self.slot(window)
        while owners[slot] != 0 {
            if windows[slot] == window, !look(place, Int(owners[slot]) - 1) { return false }
            slot = (slot + 1) & (owners.count - 1)
        }
        return true
    }
}
