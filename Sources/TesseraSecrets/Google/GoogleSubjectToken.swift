#if Secrets
import HTTPTypes
import TesseraCore
import TesseraOAuth

/// The token by which a workload's own platform vouches for it, read anew for each exchange.
struct GoogleSubjectToken: SecretSource {
    enum Place: Sendable {
        case file(String)
        case url(AbsoluteURL, headers: RequestHeaders, authorization: Secret?)
    }

    let place: Place
    let member: String?
    let transport: any Transport
    let fetch: RefreshingTokenSource.Fetch

    func secret() async throws -> Secret {
        let document: Secret
        switch place {
        case .file(let path): document = try await FileSecretSource(path).secret()
        case .url(let url, let headers, let authorization):
            document = try await ask(url, headers, authorization)
        }
        return try SecretMember.select(member, of: SecretValue(document), SecretReference("subject token")).secret
    }

    private func ask(_ url: AbsoluteURL, _ headers: RequestHeaders, _ authorization: Secret?) async throws -> Secret {
        let session = try SecretEndpoint.session(
            url.origin.description, transport, SecretFetch(deadline: fetch.deadline, runtime: fetch.runtime),
            auth: authorization.map { value in .custom { _ in try .header(.authorization, value) } }
        ) { settings in
            // Threat B1: what stands beside the machine is not asked by way of a proxy.
            if url.origin.scheme == .http { settings.proxy = .none }
        }
        let response = try await session.get(RequestTarget(absolute: url), headers: headers)
        var bytes = response.body[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D { bytes.removeLast() }
        guard (1...Secret.longest).contains(bytes.count) else {
            throw TesseraError(
                .invalidTokenResponse, "the answer of \(url.origin) for the subject token is empty or too long")
        }
        return Secret(bytes: bytes)
    }
}

extension GoogleSubjectToken.Place {
    /// - Throws: With code `misconfigured` for sources that start programs or sign for AWS, and for URLs that nobody
    ///   vouched for.
    init(_ source: GoogleCredentialFile.Source, _ policy: GoogleEndpointPolicy) throws {
        guard source.executable == nil else {
            throw TesseraError(
                .misconfigured, "Google's credentials want a program to be run, which a document cannot ask for",
                remedy: "let the program write its token to a file, and name that in credential_source")
        }
        guard source.environmentID == nil, source.certificate == nil else {
            throw TesseraError(
                .misconfigured, "Google's credentials have a source that is not known here",
                remedy: "use a credential_source with a file or a url")
        }
        switch (source.file, source.url) {
        case (let path?, nil):
            guard path.hasPrefix("/"), !path.utf8.contains(0) else {
                throw TesseraError(.misconfigured, "the file of Google's credential_source is no absolute path")
            }
            self = .file(path)
        case (nil, let text?):
            let url = try policy.check(text, .subjectToken)
            var headers = RequestHeaders()
            var authorization: Secret?
            for (name, value) in source.headers ?? [:] {
                if name.lowercased() == "authorization" { authorization = Secret(value) } else { headers[name] = value }
            }
            self = .url(url, headers: headers, authorization: authorization)
        default:
            throw TesseraError(.misconfigured, "Google's credential_source names not exactly one of file and url")
        }
    }
}
#endif
