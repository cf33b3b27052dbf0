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
    ///
    /// - Throws: ``TesseraError`` with code `fileFailed`, or `encoding` for what is too long.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        do {
            guard let bytes = try contents(of: path, limit: limit) else {
                throw TesseraError.make(.encoding, "what is read from \(name(path)) is longer than \(limit) bytes")
            }
            return bytes
        } catch let failure as Terminal.OutputFailure {
            throw TesseraError(
                .fileFailed, "\(name(path)) cannot be read: \(failure.text)",
                remedy: "name a file that is there and that this user may read")
        }
    }

    /// - Returns: Nil for what is longer than the limit.
    /// - Throws: ``Terminal/OutputFailure`` with the code of the system.
    static func contents(of path: String, limit: Int) throws -> [UInt8]? {
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
            guard bytes.count <= limit else { return nil }
        }
    }

    private static func name(_ path: String) -> String {
        path == "-" ? "standard input" : PrintableText.redactedLine(path)
    }
}
#endif
