#if NIO
import Foundation

/// Programs that tests start: makers of certificates and real peers.
enum TestProgram {
    struct Failed: Error, CustomStringConvertible {
        var description: String
    }

    static func path(of name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (folders + ["/usr/sbin", "/usr/local/sbin"]).map { "\($0)/\(name)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Runs a program to its end and returns what it wrote.
    @discardableResult
    static func run(_ name: String, _ arguments: [String]) throws -> String {
        let output = Pipe()
        let errors = Pipe()
        let process = try start(name, arguments, output: output, errors: errors)
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let complaint = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(description: "\(name) failed: \(String(decoding: complaint, as: UTF8.self))")
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Starts a program that goes on running; whoever starts it ends it by `terminate()`.
    static func start(
        _ name: String, _ arguments: [String], output: Any? = FileHandle.nullDevice,
        errors: Any? = FileHandle.nullDevice
    ) throws -> Process {
        guard let path = path(of: name) else { throw Failed(description: "there is no \(name)") }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return process
    }
}
#endif
