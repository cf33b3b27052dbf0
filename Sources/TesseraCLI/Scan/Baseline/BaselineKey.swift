#if CLI
import ArgumentParser
import Crypto
import TesseraCore

/// The key under which a baseline knows its findings.
///
/// A hash without a key would be an oracle: who has the baseline could try every weak password, and every token of a
/// leaked list, against it, also long after the secret was taken out of the tree (threat D6). So the fingerprint is an
/// HMAC, and its key comes from the environment, where continuous integration keeps its secrets, and lies nowhere near
/// the baseline.
///
/// A fingerprint covers the pattern, the path and the secret, and not the place in the file: a line that moves is still
/// known, another secret in its place is not, and neither is a copy of the known one in another file.
struct BaselineKey: Sendable {
    /// The shortest key, in bytes. A pass phrase could be guessed like a password: `openssl rand -hex 32` has 64.
    static let shortest = 32

    private let key: SymmetricKey

    /// - Parameter reference: `env:NAME`.
    /// - Throws: With code `secretUnavailable` when the variable is not set, `misconfigured` when its value is short.
    init(_ reference: CredentialReference) throws {
        let secret = try Secret(environment: reference.variable)
        guard secret.count >= BaselineKey.shortest else {
            throw TesseraError(
                .misconfigured,
                "the baseline's key in \(reference.variable) has \(secret.count) bytes, which others could guess",
                remedy: "make one of at least \(BaselineKey.shortest): openssl rand -hex 32")
        }
        key = secret.withExposedBytes { SymmetricKey(data: UnsafeRawBufferPointer($0)) }
    }

    /// Tells one key from another.
    var check: String {
        code(of: ["key check"])
    }

    func fingerprint(of finding: Finding) -> String {
        finding.secret.withExposedBytes { secret in
            code(of: ["finding", finding.pattern.rawValue], [finding.pathInRepository.bytes[...], Array(secret)[...]])
        }
    }

    /// 128 bits of HMAC-SHA256 (RFC 2104) over the parts, each behind its length so that none runs into the next.
    private func code(of labels: [String], _ parts: [ArraySlice<UInt8>] = []) -> String {
        var code = HMAC<SHA256>(key: key)
        for part in labels.map({ Array($0.utf8)[...] }) + parts {
            withUnsafeBytes(of: UInt64(part.count).bigEndian) { code.update(data: $0) }
            part.withUnsafeBytes { code.update(data: $0) }
        }
        return code.finalize().prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
#endif
