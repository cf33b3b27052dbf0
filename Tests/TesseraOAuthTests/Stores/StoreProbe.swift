#if OAuth
import Foundation
import Synchronization
import TesseraCore

/// Another process on the same store: the executable `tessera-store-probe`.
final class StoreProbe: Sendable {
    struct Line: Sendable {
        var text: String
    }

    private let process: Mutex<Process>
    let output: AsyncStream<String>
    let identifier: Int32

    static var path: String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("tessera-store-probe").path
    }

    init(_ arguments: [String], environment: [String: String] = [:]) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: StoreProbe.path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardInput = FileHandle.nullDevice
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        try process.run()
        identifier = process.processIdentifier
        self.process = Mutex(process)
        output = stream
        let reader = pipe.fileHandleForReading
        // A thread of its own: reading blocks.
        Thread.detachNewThread {
            var rest = ""
            while true {
                // What there is, and not as much as was asked for.
                let data = reader.availableData
                guard !data.isEmpty else { break }
                rest += String(decoding: data, as: UTF8.self)
                var lines = rest.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
                rest = lines.popLast() ?? ""
                for line in lines { continuation.yield(line) }
            }
            continuation.finish()
        }
    }

    /// All lines until the end.
    func lines() async -> [String] {
        var lines: [String] = []
        for await line in output { lines.append(line) }
        return lines
    }

    func firstLine() async -> String? {
        for await line in output { return line }
        return nil
    }

    /// SIGKILL.
    func kill() { StoreProbe.kill(identifier) }

    static func kill(_ process: Int32) { Foundation.kill(process, SIGKILL) }

    /// The number of a process that has ended and was waited for.
    static func endedProcess() throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/true")
        try process.run()
        process.waitUntilExit()
        return process.processIdentifier
    }
}
#endif
