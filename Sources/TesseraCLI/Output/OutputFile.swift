#if CLI
import TesseraCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Writes a whole file or none: a new file beside it takes its place when everything is written.
enum OutputFile {
    static func write(_ bytes: [UInt8], to path: String) throws {
        var status = stat()
        if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            // A device, a pipe or a link must not be replaced by a file.
            try writeInPlace(bytes, to: path)
            return
        }
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw Terminal.OutputFailure(code: errno) }
        let temporary = String(decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do {
            defer { close(descriptor) }
            try Terminal.write(bytes, to: descriptor)
            guard fsync(descriptor) == 0 else { throw Terminal.OutputFailure(code: errno) }
            guard rename(temporary, path) == 0 else { throw Terminal.OutputFailure(code: errno) }
        } catch {
            unlink(temporary)
            throw error
        }
    }

    private static func writeInPlace(_ bytes: [UInt8], to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC)
        guard descriptor >= 0 else { throw Terminal.OutputFailure(code: errno) }
        defer { close(descriptor) }
        try Terminal.write(bytes, to: descriptor)
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
