#if CLI
import ArgumentParser
import TesseraCore

/// Where a secret is: `env:NAME` or `file:PATH`. No option takes a secret itself.
struct SecretReference {
    private enum Place {
        case environment(CredentialReference)
        case file(String)
    }

    private let place: Place

    /// - Throws: A usage error that does not repeat the argument: it may be the secret itself, typed by mistake.
    init(_ argument: String) throws {
        if argument.hasPrefix("file:"), argument.utf8.count > 5 {
            place = .file(String(argument.dropFirst(5)))
            return
        }
        guard argument.hasPrefix("env:") else {
            throw ValidationError(
                "--secret names where the secret is, as env:NAME or file:PATH; the value itself does not belong on a "
                    + "command line, where ps and the shell's history show it")
        }
        place = .environment(try CredentialReference(argument, option: "--secret"))
    }

    /// The secret, without one line break at its end.
    ///
    /// - Throws: ``TesseraError`` when it is not there, or cannot be told from ordinary text.
    func load() throws -> Secret {
        let secret: Secret
        switch place {
        case .environment(let reference): secret = try Secret(environment: reference.variable)
        case .file(let path): secret = Secret(bytes: try SecretReference.contents(of: path))
        }
        guard Redactor.process.register(secret) else {
            throw TesseraError(
                .secretUnavailable,
                "a secret of --secret is too short, or of too few different bytes, to be found in text",
                remedy: "a secret has \(Secret.shortestRedactable) bytes at least")
        }
        return secret
    }

    private static func contents(of path: String) throws -> [UInt8] {
        var bytes: [UInt8]
        do {
            guard let contents = try OutputFile.contents(of: path, limit: Secret.longest) else {
                throw TesseraError(.secretUnavailable, "the file of --secret is longer than \(Secret.longest) bytes")
            }
            bytes = contents
        } catch let failure as Terminal.OutputFailure {
            throw TesseraError(.secretUnavailable, "the file of --secret cannot be read: \(failure.text)")
        }
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        return bytes
    }
}
#endif
