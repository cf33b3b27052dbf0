#if CLI
import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Files that options name.
enum OutputFile {
    /// Writes a whole file or none.
    static func write(_ bytes: [UInt8], to path: String) throws {
        var file = try FileReplacement(path)
        try file.write(bytes[...])
        try file.commit()
    }

    /// Reads a file, or standard input for `-`, up to a limit.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Terminal.OutputFailure(code: errno) }
        defer { if path != "-" { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            #if canImport(Darwin)
            let got = Darwin.read(descriptor, &buffer, buffer.count)
            #elseif canImport(Musl)
            let got = Musl.read(descriptor, &buffer, buffer.count)
            #else
            let got = Glibc.read(descriptor, &buffer, buffer.count)
            #endif
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else { throw Terminal.OutputFailure(code: errno) }
            guard got > 0 else { return bytes }
            bytes += buffer[..<got]
            guard bytes.count <= limit else {
                throw TesseraError.make(.encoding, "the body is longer than \(limit) bytes")
            }
        }
    }
}
#endif
