/// The windows of all rules in one table.
struct PatternTriggers: Sendable {
    /// By hash of four bytes without the case of letters: the number of a rule from one; zero for nothing.
    private var table: [UInt8]
    /// Windows whose hash means another rule too.
    private var shared: [(window: UInt32, rule: Int)] = []

    private static let bits: UInt32 = 15
    private static let several: UInt8 = 255

    init(_ rules: [PatternRule]) {
        table = Array(repeating: 0, count: 1 << Int(PatternTriggers.bits))
        var owners: [Int: [(window: UInt32, rule: Int)]] = [:]
        for (number, rule) in rules.enumerated() {
            for window in Set(rule.windows.flatMap { PatternTriggers.windows($0, rule.wildcard) }) {
                owners[PatternTriggers.slot(window), default: []].append((window, number))
            }
        }
        for (slot, windows) in owners.sorted(by: { $0.key < $1.key }) {
            if let first = windows.first, windows.allSatisfy({ $0.rule == first.rule }), first.rule < 254 {
                table[slot] = UInt8(first.rule + 1)
            } else {
                table[slot] = PatternTriggers.several
                shared += windows
            }
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

    private static let caseless: UInt32 = 0x2020_2020

    @inline(__always)
    private static func slot(_ window: UInt32) -> Int {
        Int(truncatingIfNeeded: (window &* 0x9E37_79B1) >> (32 - bits))
    }

    /// Calls `look` with each place from `position` on, before `end`, where a rule has a window, until it says false.
    ///
    /// The windows before `end` lie within the text.
    func search(
        _ text: UnsafeBufferPointer<UInt8>, from position: Int, before end: Int,
        _ look: (_ place: Int, _ rule: Int) -> Bool
    ) {
        guard position < end, let base = text.baseAddress else { return }
        let bytes = UnsafeRawPointer(base)
        table.withUnsafeBufferPointer { table in
            func entry(_ place: Int) -> UInt8 {
                let window = UInt32(littleEndian: (bytes + place).loadUnaligned(as: UInt32.self))
                return table[PatternTriggers.slot(window | PatternTriggers.caseless)]
            }
            var place = position
            while place < end {
                // Nothing is wanted at most places, so eight are asked about at a time.
                while place + 8 <= end {
                    let some =
                        entry(place) | entry(place + 1) | entry(place + 2) | entry(place + 3) | entry(place + 4)
                        | entry(place + 5) | entry(place + 6) | entry(place + 7)
                    if some != 0 { break }
                    place += 8
                }
                let group = min(place + 8, end)
                while place < group {
                    let rule = entry(place)
                    if rule != 0, !ask(bytes, place, rule, look) { return }
                    place += 1
                }
            }
        }
    }

    private func ask(
        _ bytes: UnsafeRawPointer, _ place: Int, _ entry: UInt8, _ look: (_ place: Int, _ rule: Int) -> Bool
    ) -> Bool {
        guard entry == PatternTriggers.several else { return look(place, Int(entry) - 1) }
        let window = UInt32(littleEndian: (bytes + place).loadUnaligned(as: UInt32.self)) | PatternTriggers.caseless
        for other in shared where other.window == window {
            if !look(place, other.rule) { return false }
        }
        return true
    }
}
