#if CLI
import Subprocess

/// Reads a program's output by lines and by counts, with no more of it in memory than was asked for.
struct OutputReader {
    private var iterator: SubprocessOutputSequence.Iterator
    private var buffer: [UInt8] = []
    private var position = 0

    init(_ output: SubprocessOutputSequence) {
        iterator = output.makeAsyncIterator()
    }

    /// - Returns: Whether there is more to read.
    private mutating func fill() async throws -> Bool {
        buffer.removeFirst(position)
        position = 0
        guard let chunk = try await iterator.next() else { return false }
        chunk.withUnsafeBytes { buffer += $0 }
        return true
    }

    /// The next line without its end, cut at `limit` bytes; nil when there is none.
    mutating func line(limit: Int = 65_536) async throws -> [UInt8]? {
        var line: [UInt8] = []
        while true {
            if let end = buffer[position...].firstIndex(of: UInt8(ascii: "\n")) {
                line += buffer[position..<end].prefix(max(0, limit - line.count))
                position = end + 1
                return line
            }
            line += buffer[position...].prefix(max(0, limit - line.count))
            position = buffer.count
            guard try await fill() else { return line.isEmpty ? nil : line }
        }
    }

    /// Exactly `count` bytes; nil when the output ends before.
    mutating func bytes(_ count: Int) async throws -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while true {
            let part = buffer[position...].prefix(count - bytes.count)
            bytes += part
            position += part.count
            if bytes.count == count { return bytes }
            guard try await fill() else { return nil }
        }
    }
}
#endif
