#if Secrets
import TesseraCore

/// The file whose contents show the agent of Azure Arc that a process may ask for tokens.
///
/// Its path comes in a challenge, from whoever listens on the agent's port: only a key in the agent's own directory is
/// read, so that nobody can have another file sent to him (threat A4).
enum ArcKeyFile {
    /// Where the agent leaves its keys.
    static let directory = "/var/opt/azcmagent/tokens"
    /// No key is longer.
    static let longest = 4096

    /// The path in a challenge; nil when it is none that may be read.
    static func path(_ challenge: String, in directory: String) -> String? {
        let start = "basic realm="
        guard challenge.utf8.count <= 1024, challenge.prefix(start.count).lowercased() == start else { return nil }
        var path = challenge.dropFirst(start.count)
        if path.count >= 2, path.first == "\"", path.last == "\"" { path = path.dropFirst().dropLast() }
        guard path.hasPrefix("\(directory)/") else { return nil }
        let name = path.dropFirst(directory.count + 1)
        // No separator, no dot at its beginning, nothing that another layer could read as something else.
        let isName = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || byte == 0x2D || byte == 0x2E || byte == 0x5F
        }
        guard isName, !name.hasPrefix("."), name.hasSuffix(".key"), name.utf8.count > 4 else { return nil }
        return String(path)
    }

    static func read(_ challenge: String, in directory: String) throws(TesseraError) -> Secret {
        guard let path = path(challenge, in: directory) else {
            throw TesseraError(
                .secretUnavailable, "the agent of Azure Arc names a file that is no key of its own; it was not read",
                remedy: "check what listens on the agent's port")
        }
        return Secret(bytes: try SecretFile.read(path, limit: longest).bytes)
    }
}
#endif
