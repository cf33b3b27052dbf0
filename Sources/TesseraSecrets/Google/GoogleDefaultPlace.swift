#if Secrets
/// Where the application default credentials are, in Google's order.
enum GoogleDefaultPlace: Hashable {
    case file(String)
    case metadataServer

    /// - Parameters:
    ///   - variable: The environment.
    ///   - exists: Whether there is a file of that path.
    static func find(_ variable: (String) -> String?, exists: (String) -> Bool) -> GoogleDefaultPlace {
        // Named and not there is a mistake, and not a reason to be somebody else.
        if let path = variable("GOOGLE_APPLICATION_CREDENTIALS"), !path.isEmpty { return .file(path) }
        let name = "application_default_credentials.json"
        if let directory = variable("CLOUDSDK_CONFIG"), !directory.isEmpty {
            return exists("\(directory)/\(name)") ? .file("\(directory)/\(name)") : .metadataServer
        }
        guard let home = variable("HOME"), !home.isEmpty else { return .metadataServer }
        let path = "\(home)/.config/gcloud/\(name)"
        return exists(path) ? .file(path) : .metadataServer
    }
}
#endif
