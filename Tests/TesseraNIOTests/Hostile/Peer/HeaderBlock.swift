#if NIO
/// Header blocks of HPACK (RFC 7541), written and read without any library: the referee of what must not be indexed.
enum HeaderBlock {
    /// How a field stands in a block (RFC 7541 §6).
    enum Representation: Equatable {
        case indexed
        case literalIndexed
        case literal
        case literalNeverIndexed
        case tableSize
    }

    struct Entry: Equatable {
        var representation: Representation
        /// The index of the whole field, or of its name; 0 for a literal name.
        var index: Int
        /// The literal parts as they stand, perhaps in Huffman code.
        var name: [UInt8] = []
        var value: [UInt8] = []
        var nameIsHuffman = false
        var valueIsHuffman = false
    }

    struct Broken: Error {}

    /// Fields as literals without indexing, neither in Huffman code.
    static func literals(_ fields: [(String, String)]) -> [UInt8] {
        fields.flatMap { name, value in [0] + string(Array(name.utf8)) + string(Array(value.utf8)) }
    }

    static func string(_ bytes: [UInt8]) -> [UInt8] {
        integer(bytes.count, prefix: 7, first: 0) + bytes
    }

    static func integer(_ value: Int, prefix: Int, first: UInt8) -> [UInt8] {
        let largest = (1 << prefix) - 1
        guard value >= largest else { return [first | UInt8(truncatingIfNeeded: value)] }
        var bytes = [first | UInt8(truncatingIfNeeded: largest)]
        var rest = value - largest
        while rest >= 128 {
            bytes.append(UInt8(truncatingIfNeeded: rest & 127 | 128))
            rest >>= 7
        }
        return bytes + [UInt8(truncatingIfNeeded: rest)]
    }

    /// The entries of a block, without decoding Huffman.
    static func entries(of block: [UInt8]) throws -> [Entry] {
        var rest = block[...]
        var entries: [Entry] = []
        while let first = rest.first {
            switch first {
            case 0x80...: entries.append(Entry(representation: .indexed, index: try integer(&rest, prefix: 7)))
            case 0x40...: entries.append(try literal(.literalIndexed, &rest, prefix: 6))
            case 0x20...: entries.append(Entry(representation: .tableSize, index: try integer(&rest, prefix: 5)))
            case 0x10...: entries.append(try literal(.literalNeverIndexed, &rest, prefix: 4))
            default: entries.append(try literal(.literal, &rest, prefix: 4))
            }
        }
        return entries
    }

    private static func literal(
        _ representation: Representation, _ rest: inout ArraySlice<UInt8>, prefix: Int
    ) throws -> Entry {
        var entry = Entry(representation: representation, index: try integer(&rest, prefix: prefix))
        if entry.index == 0 { (entry.name, entry.nameIsHuffman) = try string(&rest) }
        (entry.value, entry.valueIsHuffman) = try string(&rest)
        return entry
    }

    private static func string(_ rest: inout ArraySlice<UInt8>) throws -> ([UInt8], Bool) {
        guard let first = rest.first else { throw Broken() }
        let count = try integer(&rest, prefix: 7)
        guard count <= rest.count else { throw Broken() }
        defer { rest = rest.dropFirst(count) }
        return (Array(rest.prefix(count)), first & 0x80 != 0)
    }

    private static func integer(_ rest: inout ArraySlice<UInt8>, prefix: Int) throws -> Int {
        guard let first = rest.popFirst() else { throw Broken() }
        let largest = (1 << prefix) - 1
        var value = Int(first) & largest
        guard value == largest else { return value }
        for shift in stride(from: 0, to: 28, by: 7) {
            guard let byte = rest.popFirst() else { throw Broken() }
            value += Int(byte & 127) << shift
            if byte & 128 == 0 { return value }
        }
        throw Broken()
    }
}
#endif
