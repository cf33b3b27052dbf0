public import TesseraCore

/// What a program tells the runner of GitHub Actions.
public enum GitHubActions {
    /// Makes the runner replace a secret by `***` in the log of the job, from here on.
    ///
    /// The runner is told by a line with the secret itself on standard output, which it swallows. Elsewhere that line would
    /// be a leak, so nothing is written unless `GITHUB_ACTIONS` is `true`. Secrets that the job takes from the repository
    /// are masked already; this is for those it obtains itself.
    ///
    /// - Returns: Whether the runner was told.
    @discardableResult
    public static func mask(_ secret: Secret) -> Bool {
        guard ProcessEnvironment.value("GITHUB_ACTIONS") == "true" else { return false }
        for command in commands(masking: secret) { print(command) }
        return true
    }

    /// One command a line: the runner compares line by line. Short lines are left out, as they would blot out the log.
    static func commands(masking secret: Secret) -> [String] {
        let text = secret.withExposedBytes { String(decoding: $0, as: UTF8.self) }
        return text.split(whereSeparator: \.isNewline).filter { $0.utf8.count >= 4 }
            .map { "::add-mask::" + $0.replacing("%", with: "%25") }
    }
}
