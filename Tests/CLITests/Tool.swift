#if CLI
import Foundation

/// Runs the real executable.
struct Tool {
    struct Result {
        var status: Int32
        var output: String
        var errors: String
    }

    /// Beside the test's own executable, where the build puts it.
    static var path: String {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return URL(fileURLWithPath: own).deletingLastPathComponent().appendingPathComponent("tessera").path
    }

    static func run(
        _ arguments: [String], environment: [String: String] = [:], input: String? = nil
    ) async throws -> Result {
        try await launch(URL(fileURLWithPath: path), arguments, environment, input)
    }

    /// Runs a line of shell, in which `$TESSERA` is the executable.
    static func shell(_ line: String, environment: [String: String] = [:]) async throws -> Result {
        var environment = environment
        environment["TESSERA"] = path
        return try await launch(URL(fileURLWithPath: "/bin/sh"), ["-c", line], environment, nil)
    }

    private static func launch(
        _ executable: URL, _ arguments: [String], _ environment: [String: String], _ input: String?
    ) async throws -> Result {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let output = Pipe()
        let errors = Pipe()
        let standardInput = Pipe()
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = standardInput
        // A queue of its own: reading blocks, and must not take a thread from Swift's tasks.
        return try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                do {
                    try process.run()
                    if let input { standardInput.fileHandleForWriting.write(Data(input.utf8)) }
                    try standardInput.fileHandleForWriting.close()
                    let collected = ErrorReader(errors.fileHandleForReading)
                    let text = output.fileHandleForReading.readDataToEndOfFile()
                    let complaint = collected.wait()
                    process.waitUntilExit()
                    continuation.resume(
                        returning: Result(
                            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
                            errors: String(decoding: complaint, as: UTF8.self)))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
    }

    /// Reads stderr beside stdout, so that neither pipe fills up.
    private final class ErrorReader: @unchecked Sendable {
        // Written by the thread below before it signals, read after the wait for that signal.
        private var data = Data()
        private let done = DispatchSemaphore(value: 0)

        init(_ handle: FileHandle) {
            Thread.detachNewThread {
                self.data = handle.readDataToEndOfFile()
                self.done.signal()
            }
        }

        func wait() -> Data {
            done.wait()
            return data
        }
    }
}
#endif
