/// The pass over a text.
extension SecretIndex {
    /// Calls `found` with each place of `places` where a window begins.
    func search(
        _ text: UnsafeBufferPointer<UInt8>, _ places: Range<Int>, _ found: (_ position: Int, _ entry: Entry) -> Void
    ) {
        guard !isEmpty, let base = text.baseAddress else { return }
        let places = places.clamped(to: 0..<max(0, text.count - SecretIndex.window + 1))
        var start = places.lowerBound
        // What was just read is read again for escapes while the cache still holds it.
        while start < places.upperBound {
            let block = start..<min(start + SecretIndex.block, places.upperBound)
            searchAsItIs(UnsafeRawPointer(base), text.count, block, found)
            var runs = EscapeRuns(text, block)
            while let run = runs.next() { searchUnescaped(text, run, found) }
            start = block.upperBound
        }
    }

    private static let block = 4096

    /// Four bytes as they are.
    private func searchAsItIs(
        _ text: UnsafeRawPointer, _ count: Int, _ places: Range<Int>,
        _ found: (_ position: Int, _ entry: Entry) -> Void
    ) {
        filter.withUnsafeBufferPointer { filter in
            let mask = filter.count &* 64 &- 1
            @inline(__always)
            func isKnown(_ window: UInt32) -> UInt64 {
                let bit = Int(truncatingIfNeeded: SecretIndex.hash(window)) & mask
                return filter[bit &>> 6] &>> UInt64(bit & 63)
            }
            var place = places.lowerBound
            let grouped = min(places.upperBound, count - 12)
            while place < places.upperBound {
                // Few windows are known, so eight are asked about at a time.
                while place &+ 8 <= grouped {
                    let first = UInt64(littleEndian: (text + place).loadUnaligned(as: UInt64.self))
                    let second = UInt64(littleEndian: (text + (place &+ 4)).loadUnaligned(as: UInt64.self))
                    @inline(__always)
                    func window(_ word: UInt64, _ shift: UInt64) -> UInt32 {
                        UInt32(truncatingIfNeeded: word &>> shift)
                    }
                    let some =
                        isKnown(window(first, 0)) | isKnown(window(first, 8)) | isKnown(window(first, 16))
                        | isKnown(window(first, 24)) | isKnown(window(second, 0)) | isKnown(window(second, 8))
                        | isKnown(window(second, 16)) | isKnown(window(second, 24))
                    if some & 1 != 0 { break }
                    place &+= 8
                }
                let group = min(place &+ 8, places.upperBound)
                while place < group {
                    let window = UInt32(littleEndian: (text + place).loadUnaligned(as: UInt32.self))
                    if isKnown(window) & 1 != 0 { look(for: window, .asItIs) { found(place, $0) } }
                    place &+= 1
                }
            }
        }
    }

    /// Four bytes as they read without their escapes, for all places of which one is near.
    ///
    /// From the end to the beginning, so that each place adds one byte to what was read for a place after it: the time
    /// does not depend on how dense the escapes are.
    private func searchUnescaped(
        _ text: UnsafeBufferPointer<UInt8>, _ places: Range<Int>, _ found: (_ position: Int, _ entry: Entry) -> Void
    ) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { windows in
            filter.withUnsafeBufferPointer { filter in
                // An escape has six bytes at most, so of what was read eight places are enough.
                for place in places.upperBound..<places.upperBound + 8 {
                    windows[place & 7] = TextEscapes.window(at: place, in: text)
                }
                let mask = filter.count &* 64 &- 1
                var window = windows[places.upperBound & 7]
                var place = places.upperBound
                while place > places.lowerBound {
                    place &-= 1
                    let head = text[place]
                    if head == UInt8(ascii: "+") {
                        window = window &<< 8 | 0x20
                    } else if TextEscapes.begins(head) {
                        let unit = TextEscapes.unit(at: place, in: text)
                        window = windows[(place &+ unit.length) & 7] &<< 8 | UInt32(unit.byte)
                    } else {
                        window = window &<< 8 | UInt32(head)
                    }
                    windows[place & 7] = window
                    let bit = Int(truncatingIfNeeded: SecretIndex.hash(window)) & mask
                    if filter[bit &>> 6] &>> UInt64(bit & 63) & 1 != 0 {
                        look(for: window, .unescaped) { found(place, $0) }
                    }
                }
            }
        }
    }
}

/// The places of a text from which four bytes can be read of which one at least is escaped, in runs.
struct EscapeRuns {
    private let text: UnsafeBufferPointer<UInt8>
    private let places: Range<Int>
    private var position: Int

    init(_ text: UnsafeBufferPointer<UInt8>, _ places: Range<Int>) {
        self.text = text
        self.places = places
        position = places.lowerBound
    }

    /// The first of four bytes lies up to three before the escape.
    private static let reach = 3
    /// Escapes that are closer are one run, since to begin one costs more than to pass some bytes.
    private static let gap = 12

    mutating func next() -> Range<Int>? {
        let end = min(text.count, places.upperBound + EscapeRuns.reach)
        guard let first = nextSign(from: position, before: end) else { return nil }
        var last = first
        while let other = nextSign(from: last + 1, before: min(end, last + 1 + EscapeRuns.gap)) { last = other }
        position = last + 1
        let start = max(first - EscapeRuns.reach, places.lowerBound)
        return start < places.upperBound ? start..<max(start, min(last + 1, places.upperBound)) : nil
    }

    private func nextSign(from start: Int, before end: Int) -> Int? {
        var place = start
        if let base = text.baseAddress {
            let bytes = UnsafeRawPointer(base)
            while place &+ 8 <= end {
                let word = (bytes + place).loadUnaligned(as: UInt64.self)
                let signs =
                    EscapeRuns.zeros(word ^ EscapeRuns.percents) | EscapeRuns.zeros(word ^ EscapeRuns.backslashes)
                    | EscapeRuns.zeros(word ^ EscapeRuns.pluses)
                if signs != 0 { break }
                place &+= 8
            }
        }
        while place < end {
            if TextEscapes.begins(text[place]) { return place }
            place &+= 1
        }
        return nil
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let percents = ones &* UInt64(UInt8(ascii: "%"))
    private static let backslashes = ones &* UInt64(UInt8(ascii: "\\"))
    private static let pluses = ones &* UInt64(UInt8(ascii: "+"))

    /// Not zero if one of eight bytes is (Mycroft's test).
    @inline(__always)
    private static func zeros(_ word: UInt64) -> UInt64 { (word &- ones) & ~word & (ones << 7) }
}
