#if CLI
/// Comparison of secrets whose duration tells nothing of where they differ.
enum ConstantTime {
    /// Whether the texts have the same bytes; the duration depends on the presented text's length alone.
    static func matches(presented: String, expected: String) -> Bool {
        let presented = Array(presented.utf8)
        let expected = Array(expected.utf8)
        var difference: UInt8 = presented.count == expected.count ? 0 : 1
        for index in presented.indices {
            difference |= presented[index] ^ (expected.isEmpty ? 0xFF : expected[index % expected.count])
        }
        return difference == 0
    }
}
#endif
