#if NIO && OAuth
import Dispatch
import Synchronization
import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What the probe is told, and what it answers: one JSON object a line.
struct Lines {
    /// The lines of standard input, read on a thread of its own; the stream ends with it.
    static func commands() -> AsyncStream<[UInt8]> {
        AsyncStream { continuation in
            DispatchQueue(label: "tessera.probe.stdin").async {
                while let line = readLine() { continuation.yield(Array(line.utf8)) }
                continuation.finish()
            }
        }
    }

    static func decode<Command: Decodable>(_ type: Command.Type, _ line: [UInt8]) throws -> Command {
        try JSONCoding().decode(type, from: line)
    }

    /// Writes an object and a line break in one piece.
    static func answer(_ value: some Encodable) throws {
        try LineFile.standardOutput.append(value)
    }
}

/// A file to which whole lines are appended; each is with the system when `append` returns, so that it outlives a kill.
final class LineFile: Sendable {
    static let standardOutput = LineFile(descriptor: 1)

    private let descriptor: Int32
    private let lock = Mutex(())

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    init(_ path: String) throws {
        descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ProbeFailure("\(path) cannot be opened: error \(errno)") }
    }

    static func exists(_ path: String) -> Bool {
        access(path, F_OK) == 0
    }

    func append(_ value: some Encodable) throws {
        let bytes = try JSONCoding().encode(value) + [10]
        let written = lock.withLock { _ in bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } }
        guard written == bytes.count else { throw ProbeFailure("a line was not written: error \(errno)") }
    }
}
#endif
