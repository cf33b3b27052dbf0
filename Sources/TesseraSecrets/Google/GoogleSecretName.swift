#if Secrets
import TesseraCore

/// A version of a secret by its parts: what a name and the settings of the manager say together.
struct GoogleSecretName: Hashable {
    var project: String
    /// For secrets that stay in one region.
    var location: String?
    var secret: String
    var version: String

    /// Reads `name`, or `projects/P[/locations/L]/secrets/S[/versions/V]`.
    ///
    /// - Throws: With code `misconfigured` for other forms, for parts that Google allows in no name, and where two places
    ///   say different things.
    init(_ reference: SecretReference, project: String?, location: String?) throws(TesseraError) {
        var parts: [String: String] = ["projects": project, "locations": location, "versions": reference.version]
            .compactMapValues { $0 }
        let pieces = reference.name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        if pieces.count == 1 {
            parts["secrets"] = reference.name
        } else {
            guard pieces.count.isMultiple(of: 2), pieces.first == "projects" else { throw .unusable(reference) }
            for index in stride(from: 0, to: pieces.count, by: 2) {
                let (kind, value) = (pieces[index], pieces[index + 1])
                guard ["projects", "locations", "secrets", "versions"].contains(kind),
                    parts[kind] == nil || parts[kind] == value || kind == "projects"
                else { throw .unusable(reference) }
                parts[kind] = value
            }
        }
        guard let named = parts["projects"] else {
            throw TesseraError(
                .misconfigured, "the secret \(reference) of Google Secret Manager has no project",
                remedy: "pass project: to GoogleSecretManager, or name it projects/P/secrets/S")
        }
        guard let secret = parts["secrets"], parts.values.allSatisfy(GoogleSecretName.isPart),
            parts["locations"] == location
        else { throw .unusable(reference) }
        self.project = named
        self.location = location
        self.secret = secret
        version = parts["versions"] ?? "latest"
    }

    var target: RequestTarget {
        guard let location else { return "/v1/projects/\(project)/secrets/\(secret)/versions/\(version):access" }
        return "/v1/projects/\(project)/locations/\(location)/secrets/\(secret)/versions/\(version):access"
    }

    /// Letters, digits, `-`, `_`, and for the projects of domains `.` and `:`.
    private static func isPart(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
                    || [0x2D, 0x5F, 0x2E, 0x3A].contains(byte)
            }
    }
}

extension TesseraError {
    fileprivate static func unusable(_ reference: SecretReference) -> TesseraError {
        TesseraError(
            .misconfigured, "the name \(reference) is none of Google Secret Manager's",
            remedy:
                "use the secret's id, or projects/P/secrets/S/versions/V, with one version and the manager's location")
    }
}
#endif
