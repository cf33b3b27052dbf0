#if CLI
/// A whole number from a peer, always inside a range: one too large for `Int` saturates and nothing can trap.
enum BoundedNumber {
    /// The number brought into the range, or `nil` when the text is not made of digits with an optional minus.
    static func parse(_ text: some StringProtocol, in range: ClosedRange<Int>) -> Int? {
        let isNegative = text.utf8.first == UInt8(ascii: "-")
        let digits = text.utf8.dropFirst(isNegative ? 1 : 0)
        guard !digits.isEmpty else { return nil }
        var magnitude = 0
        for digit in digits {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= digit else { return nil }
            let (scaled, scaleOverflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, sumOverflow) = scaled.addingReportingOverflow(Int(digit - UInt8(ascii: "0")))
            magnitude = scaleOverflow || sumOverflow ? Int.max : sum
            if magnitude == Int.max { break }
        }
        // The rest of a saturated number still has to be digits.
        guard digits.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        let value = isNegative ? -magnitude : magnitude
        return min(max(value, range.lowerBound), range.upperBound)
    }
}
#endif
