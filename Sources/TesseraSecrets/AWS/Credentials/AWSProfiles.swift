#if Secrets
import TesseraCore

/// Both files of profiles, and which of them is meant.
struct AWSProfileSelection: Sendable {
    /// As the program names it; nil for what the variables name.
    var name: String?
    var environment: AWSEnvironment

    /// The profile's name, and who names it; nobody for `default`.
    var chosen: (name: String, by: String?) {
        if let name { return (name, "the program") }
        for variable in ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"] {
            if let name = environment[variable] { return (name, variable) }
        }
        return ("default", nil)
    }

    /// Another profile of the same files.
    func other(_ name: String) -> AWSProfileSelection { AWSProfileSelection(name: name, environment: environment) }

    /// Reads both files.
    ///
    /// - Throws: With code `secretUnavailable` for a file that cannot be read, `misconfigured` when somebody names a
    ///   profile that stands in neither.
    func load() throws -> AWSProfiles {
        let profiles = AWSProfiles(
            config: try read("config", "AWS_CONFIG_FILE"),
            credentials: try read("credentials", "AWS_SHARED_CREDENTIALS_FILE"))
        let (name, namer) = chosen
        if let namer, profiles[name] == nil {
            throw TesseraError(
                .misconfigured, "the AWS profile \(name), which \(namer) names, stands in neither file",
                remedy: "check ~/.aws/config and ~/.aws/credentials")
        }
        return profiles
    }

    private func read(_ file: String, _ variable: String) throws -> AWSProfileFile {
        guard let path = environment.file(file, or: variable), SecretFile.identity(of: path) != nil else {
            return AWSProfileFile()
        }
        return AWSProfileFile(
            String(decoding: try SecretFile.read(path, limit: AWSProfileFile.longest).bytes, as: UTF8.self))
    }
}

/// What the files say.
struct AWSProfiles: Sendable, Hashable {
    enum File: String, Sendable {
        case config, credentials
    }

    private var byFile: [File: [String: [String: String]]] = [:]
    private(set) var sessions: [String: [String: String]] = [:]

    init(config: AWSProfileFile, credentials: AWSProfileFile) {
        byFile[.credentials] = credentials.sections
        var profiles: [String: [String: String]] = [:]
        for (section, values) in config.sections {
            if section == "default" || section == "profile default" {
                profiles["default", default: [:]].merge(values) { _, new in new }
            } else if section.hasPrefix("profile ") {
                profiles[String(section.dropFirst(8))] = values
            } else if section.hasPrefix("sso-session ") {
                sessions[String(section.dropFirst(12))] = values
            }
        }
        byFile[.config] = profiles
    }

    /// A profile as one file has it.
    func profile(_ name: String, in file: File) -> [String: String]? { byFile[file]?[name] }

    /// A profile of both files; what the credentials file says comes first. Nil when neither knows it.
    subscript(name: String) -> [String: String]? {
        guard let config = profile(name, in: .config) else { return profile(name, in: .credentials) }
        return config.merging(profile(name, in: .credentials) ?? [:]) { _, new in new }
    }
}
#endif
