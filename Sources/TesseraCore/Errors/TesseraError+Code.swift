extension TesseraError {
    /// The kinds of failure, from the caller's mistakes over the network's to the server's.
    public enum Code: String, Sendable, Hashable, Codable, CaseIterable {
        /// A URL, base URL or redirect target could not be accepted.
        case invalidURL
        /// A request target could not be accepted; nothing was sent.
        case invalidTarget
        /// A header name or value could not be accepted; nothing was sent.
        case invalidHeader
        /// The session's or client's settings contradict each other or are incomplete.
        case misconfigured
        /// The request's body could not be made.
        case encoding
        /// The answer's body was not what was asked for.
        case decoding
        /// A secret could not be obtained from its source.
        case secretUnavailable
        /// A credential holds characters that a header cannot carry.
        case malformedCredential
        /// A credential would have gone over a connection without TLS; nothing was sent.
        case insecureTransport
        /// The server refused the credential, or none was given (401).
        case unauthorized
        /// The server knows the caller and refuses the request (403).
        case forbidden
        /// The server, or its announced limit, asks to come back later (429, or a wait above the cap).
        case rateLimited
        /// Any other status that was not expected.
        case httpStatus
        /// A limit on time was reached; the history says which phase it was.
        case timeout
        /// The origin failed too often and is left alone for a while; nothing was sent.
        case circuitOpen
        /// Too many calls wait for the origin already; nothing was sent.
        case overloaded
        /// No connection, or it was lost.
        case connection
        /// TLS could not be established or broke.
        case tls
        /// The proxy refused or failed.
        case proxy
        /// The peer broke the protocol.
        case protocolViolation
        /// The peer sent more than a limit allows.
        case limitExceeded
        /// A redirect was refused: from https to http, in a circle, too many, or with a body that cannot be sent again.
        case redirectRefused
        /// The authorization server's metadata could not be obtained or did not hold what it must (RFC 8414).
        case discoveryFailed
        /// The token endpoint could not be reached or failed; worth trying again later.
        case tokenEndpointUnavailable
        /// The token endpoint refused the client or the grant (RFC 6749 §5.2).
        case tokenRequestRefused
        /// The token endpoint's answer was no valid token response (RFC 6749 §5.1).
        case invalidTokenResponse
        /// A person must log in again; ``TesseraError/loginReason`` says why.
        case loginRequired
        /// No token is to be had just now: it is too early for another request, or somebody else is renewing.
        case retryLater
        /// A token store could not be read or written.
        case storeFailed
        /// What a token store holds was changed by somebody else, or belongs to another key, login or generation.
        case storeTampered
        /// A token store was copied from another machine; using both copies would end the login.
        case storeCopied
        /// A token store shows an older state than was written: it was restored from a backup or fell back.
        case storeRolledBack
        /// A token store cannot give what is asked of it, for example durability or locks on this file system.
        case storeUnsupported
        /// A file could not be written.
        case fileFailed
        /// A token store's place is not safe: another owner, open to others, a link, or a network file system.
        case storeInsecure
        /// A stored entry was written by a newer release in a format that this one cannot read.
        case storeTooNew
        /// A stored entry is encrypted with a key that was not given.
        case storeKeyMismatch
        /// A list ended before its end.
        case incompletePages
        /// The session was shut down.
        case shutDown
        /// A test double was asked for something nobody had prepared.
        case unexpectedRequest
    }
}
