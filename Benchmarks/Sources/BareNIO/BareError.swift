/// Why a bare client gave up.
package enum BareError: Error {
    /// The connection or the stream ended before its answer was complete.
    case closed
    /// Another request is still under way on this HTTP/1.1 connection.
    case busy
    /// The peer did not choose `h2` in the TLS handshake.
    case http2NotNegotiated
}
