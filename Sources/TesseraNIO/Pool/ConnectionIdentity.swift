#if NIO
import TesseraCore

/// What two requests must have in common to share a connection (threat B6).
///
/// Trust roots, pins, SNI and DNS belong to the transport, which has one pool; what can differ between two requests of
/// one transport, or change in its life, stands here.
struct ConnectionIdentity: Hashable, Sendable {
    /// The host that is asked: the same value that was checked against the credential's origins (threat B3).
    var origin: Origin
    /// The proxy with its credentials.
    var proxy: ProxyServer?
    /// Counts the client certificates that were loaded, so that a connection with the old one is not used further.
    var certificateGeneration: UInt64
}
#endif
