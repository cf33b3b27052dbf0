#if CLI
import ArgumentParser
import HTTPTypes
import TesseraCore

/// Where a credential comes from: `env:NAME`. No option takes a secret itself; arguments show up in `ps` and in the
/// shell's history.
struct CredentialReference {
    let variable: String

    /// - Throws: A usage error that does not repeat the argument: it may be the secret itself, typed by mistake.
    init(_ argument: String, option: String = "--auth") throws {
        variable = argument.hasPrefix("env:") ? String(argument.dropFirst(4)) : ""
        let isName =
            !variable.isEmpty && variable.utf8.count <= 64
            && variable.utf8.first.map { !(0x30...0x39).contains($0) } == true
            && variable.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || byte == 0x5F
            }
        guard isName else {
            throw ValidationError(
                "\(option) names where the credential is, as env:NAME with a variable's name; the value itself does not "
                    + "belong on a command line, where ps and the shell's history show it")
        }
    }

    /// The authenticator: a bearer token, or a key in a header of one's own.
    func authenticator(header: String?) throws -> any Authenticator {
        let secret = try Secret(environment: variable)
        guard let header else { return .bearer(secret) }
        guard let name = HTTPField.Name(header) else {
            throw TesseraError.make(.invalidHeader, "--auth-header is no header name")
        }
        return .apiKey(secret, header: name)
    }
}
#endif
