import TesseraCore

/// The names and values of `application/x-www-form-urlencoded` (WHATWG URL §5.1); the first of a repeated name counts.
///
/// The server reads what clients send with a parser of its own: client and server must not share a bug.
struct FormParameters {
    /// All pairs, in order.
    let items: [QueryItems.Item]

    init(_ bytes: [UInt8]) {
        items = bytes.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return QueryItems.Item(
                name: parts.first.map(Self.text) ?? "", value: parts.count > 1 ? Self.text(parts[1]) : "")
        }
    }

    subscript(name: String) -> String? { items.first { $0.name == name }?.value }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        var output: [UInt8] = []
        var rest = bytes
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+") {
                output.append(0x20)
            } else if byte == UInt8(ascii: "%"),
                let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                output.append(code)
                rest = rest.dropFirst(2)
            } else {
                output.append(byte)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
