#if NIO
/// What a head is written into: once to count its bytes, once to put them down.
protocol HeadBytes {
    mutating func put(_ text: String)
    mutating func put(_ bytes: [UInt8])
    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>)
}

/// Counts bytes.
struct ByteCount: HeadBytes {
    private(set) var count = 0

    mutating func put(_ text: String) { count += text.utf8.count }
    mutating func put(_ bytes: [UInt8]) { count += bytes.count }
    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) { count += bytes.count }
}

/// Puts bytes down one behind the other, never beyond the end of the space.
struct ByteCursor: HeadBytes {
    private let space: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ space: UnsafeMutableRawBufferPointer) {
        self.space = space
    }

    mutating func put(_ text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            copy(UnsafeRawBufferPointer(bytes))
        }
        if isDone == nil { put(Array(text.utf8)) }
    }

    mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { copy($0) }
    }

    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        copy(UnsafeRawBufferPointer(bytes))
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count <= space.count - count, let from = bytes.baseAddress, let to = space.baseAddress else {
            return
        }
        (to + count).copyMemory(from: from, byteCount: bytes.count)
        count += bytes.count
    }
}
#endif
