/// Decompresses deflate (RFC 1951), so that a cassette can look into a body before it is written, whichever transport
/// brought it.
struct Inflate {
    struct Malformed: Error {}

    private var input: ArraySlice<UInt8>
    private var bits: UInt32 = 0
    private var count = 0
    private var output: [UInt8] = []
    private let limit: Int

    private init(_ input: ArraySlice<UInt8>, limit: Int) {
        self.input = input
        self.limit = limit
    }

    /// The content of a stream, at most `limit` bytes of it, and what follows it.
    static func decode(_ bytes: ArraySlice<UInt8>, limit: Int) throws -> (content: [UInt8], rest: ArraySlice<UInt8>) {
        var inflate = Inflate(bytes, limit: limit)
        while try !inflate.block() {}
        return (inflate.output, inflate.input)
    }

    /// Decodes a block; true when it was the last.
    private mutating func block() throws -> Bool {
        let isLast = try take(1) == 1
        switch try take(2) {
        case 0: try stored()
        case 1: try compressed(Inflate.fixedLiterals, Inflate.fixedDistances)
        case 2:
            let (literals, distances) = try codes()
            try compressed(literals, distances)
        default: throw Malformed()
        }
        return isLast
    }

    private mutating func take(_ wanted: Int) throws -> Int {
        while count < wanted {
            guard let byte = input.popFirst() else { throw Malformed() }
            bits |= UInt32(byte) << UInt32(count)
            count += 8
        }
        defer {
            bits >>= UInt32(wanted)
            count -= wanted
        }
        return Int(bits & ((1 << UInt32(wanted)) - 1))
    }

    private mutating func append(_ bytes: some Sequence<UInt8>) throws {
        output.append(contentsOf: bytes)
        guard output.count <= limit else { throw Malformed() }
    }

    private mutating func stored() throws {
        (bits, count) = (0, 0)
        guard input.count >= 4 else { throw Malformed() }
        let head = Array(input.prefix(4))
        let length = Int(head[0]) | Int(head[1]) << 8
        guard length == ~(Int(head[2]) | Int(head[3]) << 8) & 0xFFFF else { throw Malformed() }
        input = input.dropFirst(4)
        guard input.count >= length else { throw Malformed() }
        try append(input.prefix(length))
        input = input.dropFirst(length)
    }

    private mutating func symbol(_ code: HuffmanCode) throws -> Int {
        var (value, first, index) = (0, 0, 0)
        for length in 1...15 {
            value |= try take(1)
            let number = code.counts[length]
            if value - first < number { return code.symbols[index + value - first] }
            index += number
            first = (first + number) << 1
            value <<= 1
        }
        throw Malformed()
    }

    private mutating func compressed(_ literals: HuffmanCode, _ distances: HuffmanCode) throws {
        while true {
            let value = try symbol(literals)
            if value < 256 {
                try append(CollectionOfOne(UInt8(value)))
                continue
            }
            guard value > 256 else { return }
            guard value - 257 < Inflate.lengths.count else { throw Malformed() }
            let (base, extra) = Inflate.lengths[value - 257]
            let length = base + (try take(extra))
            let place = try symbol(distances)
            guard place < Inflate.distances.count else { throw Malformed() }
            let (start, more) = Inflate.distances[place]
            let distance = start + (try take(more))
            guard distance <= output.count else { throw Malformed() }
            // Byte by byte: what is copied may reach into what is being written.
            for _ in 0..<length { output.append(output[output.count - distance]) }
            guard output.count <= limit else { throw Malformed() }
        }
    }

    /// The codes of a block with codes of its own (RFC 1951 §3.2.7).
    private mutating func codes() throws -> (HuffmanCode, HuffmanCode) {
        let (literals, distances, lengths) = (try take(5) + 257, try take(5) + 1, try take(4) + 4)
        var sizes = [Int](repeating: 0, count: 19)
        for index in [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15].prefix(lengths) {
            sizes[index] = try take(3)
        }
        let code = HuffmanCode(sizes)
        var found: [Int] = []
        while found.count < literals + distances {
            let value = try symbol(code)
            switch value {
            case 16:
                guard let last = found.last else { throw Malformed() }
                found += repeatElement(last, count: try take(2) + 3)
            case 17: found += repeatElement(0, count: try take(3) + 3)
            case 18: found += repeatElement(0, count: try take(7) + 11)
            default: found.append(value)
            }
        }
        guard found.count == literals + distances else { throw Malformed() }
        return (HuffmanCode(Array(found[..<literals])), HuffmanCode(Array(found[literals...])))
    }

    /// A canonical code (RFC 1951 §3.2.2): how many codes there are of each length, and the symbols in their order.
    struct HuffmanCode {
        var counts = [Int](repeating: 0, count: 16)
        var symbols: [Int] = []

        init(_ lengths: [Int]) {
            for length in lengths where length > 0 { counts[length] += 1 }
            for length in 1...15 { symbols += lengths.indices.filter { lengths[$0] == length } }
        }
    }

    private static let fixedLiterals = HuffmanCode(
        (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = HuffmanCode([Int](repeating: 5, count: 30))

    /// Length codes 257 to 285: base and extra bits.
    private static let lengths: [(Int, Int)] = [
        (3, 0), (4, 0), (5, 0), (6, 0), (7, 0), (8, 0), (9, 0), (10, 0), (11, 1), (13, 1), (15, 1), (17, 1), (19, 2),
        (23, 2), (27, 2), (31, 2), (35, 3), (43, 3), (51, 3), (59, 3), (67, 4), (83, 4), (99, 4), (115, 4), (131, 5),
        (163, 5), (195, 5), (227, 5), (258, 0),
    ]

    private static let distances: [(Int, Int)] = (0..<30).map { code in
        guard code >= 4 else { return (code + 1, 0) }
        let extra = code / 2 - 1
        return ((2 + code % 2) << extra + 1, extra)
    }
}
