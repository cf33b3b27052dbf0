#if NIO
/// Puts the bytes of a head down one behind the other, never beyond the end of the space; counts on where it ends, so
/// that a head which did not fit is put down again in a space of its size.
struct HeadBytes {
    private let space: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(_ space: UnsafeMutableRawBufferPointer) {
        self.space = space
    }

    /// Whether all of it is there.
    var fit: Bool { count <= space.count }

    mutating func put(_ text: String) {
        let isDone: Void? = text.utf8.withContiguousStorageIfAvailable { put($0) }
        if isDone == nil { put(Array(text.utf8)) }
    }

    mutating func put(ascii byte: UInt8) {
        if count < space.count { space[count] = byte }
        count += 1
    }

    /// Between a field's name and its value.
    mutating func putColon() {
        put(ascii: UInt8(ascii: ":"))
        put(ascii: UInt8(ascii: " "))
    }

    mutating func putLineEnd() {
        put(ascii: UInt8(ascii: "\r"))
        put(ascii: UInt8(ascii: "\n"))
    }

    mutating func put(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { copy($0) }
    }

    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        copy(UnsafeRawBufferPointer(bytes))
    }

    private mutating func copy(_ bytes: UnsafeRawBufferPointer) {
        if bytes.count <= space.count - count, let from = bytes.baseAddress, let to = space.baseAddress {
            (to + count).copyMemory(from: from, byteCount: bytes.count)
        }
        count += bytes.count
    }
}
#endif
