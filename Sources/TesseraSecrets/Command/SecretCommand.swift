#if Secrets
import Subprocess
import TesseraCore

#if canImport(System)
import System
#else
import SystemPackage
#endif

/// A program that prints a secret: the command line of a password manager, a helper of your own.
///
/// ```swift
/// let vault = try SecretCommand("/usr/bin/op", arguments: ["read", "--no-newline"])
/// let token = try await vault.secret("op://Work/API/token").secret()
/// let api = try Session("https://api.example.com", auth: .bearer(token))
/// ```
///
/// The program is named by its absolute path and started without a shell. It sees of the environment only what is listed,
/// inherits no open file, reads nothing from standard input, and what it writes to standard error is dropped, because it
/// may hold anything. What it prints is kept as ``ManagedSecret`` keeps it; one line break at its end is dropped.
public struct SecretCommand: SecretManager {
    /// The program's file name.
    public let name: String
    private let path: String
    private let arguments: [String]
    private let environment: [String]

    /// - Parameters:
    ///   - path: The program's absolute path.
    ///   - arguments: What goes before the secret's name, which is the last argument.
    ///   - environment: The variables that the program gets besides `PATH`, which is that of the system; `HOME`, for
    ///     example, by which many find their settings.
    /// - Throws: ``TesseraCore/TesseraError`` with code ``TesseraCore/TesseraError/Code/misconfigured`` when the path is not
    ///   absolute.
    public init(_ path: String, arguments: [String] = [], environment: [String] = ["HOME"]) throws {
        guard path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw TesseraError(
                .misconfigured, "the secret's command \(path) is no absolute path",
                remedy: "name the program by its whole path: what PATH finds, others may have put there")
        }
        self.path = path
        self.arguments = arguments
        self.environment = environment
        name = String(path.split(separator: "/").last ?? "command")
    }

    /// Runs the program and takes what it prints.
    public func fetch(_ reference: SecretReference, _ context: SecretFetch) async throws -> SecretValue {
        guard reference.version == nil else {
            throw TesseraError(.misconfigured, "\(name) knows no versions", remedy: "write the version into the name")
        }
        // A name that is taken for an option could do anything that the program can.
        guard !reference.name.hasPrefix("-"), !reference.name.utf8.contains(0) else {
            throw TesseraError(.misconfigured, "the name \(reference) of a secret of \(name) begins with a hyphen")
        }
        let bytes: [UInt8]
        let status: TerminationStatus
        do {
            var options = PlatformOptions()
            options.teardownSequence = []
            let result = try await run(
                .path(FilePath(path)),
                arguments: Arguments(arguments + (reference.name.isEmpty ? [] : [reference.name])),
                environment: .custom(variables), platformOptions: options, input: .none,
                output: .bytes(limit: Secret.longest + 2), error: .discarded)
            (bytes, status) = (result.standardOutput, result.terminationStatus)
        } catch let error as SubprocessError where error.code == .outputLimitExceeded {
            throw TesseraError(.secretUnavailable, "\(name) printed more than \(Secret.longest) bytes for \(reference)")
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw TesseraError(
                .secretUnavailable, "\(path) cannot be run", remedy: "check the path, and that this user may run it",
                underlying: error)
        }
        guard status.isSuccess else {
            throw TesseraError(
                .secretUnavailable, "\(name) gave no secret \(reference): \(status)",
                remedy: "run \(path) yourself; what it wrote to standard error is not shown here")
        }
        return SecretValue(try secret(of: bytes, reference))
    }

    private func secret(of output: [UInt8], _ reference: SecretReference) throws -> Secret {
        var bytes = output
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard !bytes.isEmpty else {
            throw TesseraError(.secretUnavailable, "\(name) printed nothing for \(reference)")
        }
        return Secret(bytes: bytes)
    }

    private var variables: [Environment.Key: String] {
        var variables: [Environment.Key: String] = ["PATH": "/usr/local/bin:/usr/bin:/bin"]
        for name in environment {
            if let value = ProcessEnvironment.value(name), let key = Environment.Key(rawValue: name) {
                variables[key] = value
            }
        }
        return variables
    }
}

extension TesseraError {
    fileprivate init(_ code: Code, _ message: String, remedy: String?, underlying: any Error) {
        var details = Details()
        details.underlying = underlying
        self.init(code, message, remedy: remedy, details: details)
    }
}
#endif
