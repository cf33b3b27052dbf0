import TesseraCore

/// What can go wrong on a wire, by name: the same in memory (``MockRoute/fault(_:status:headers:body:)``) and over a real
/// loopback socket (``RawServer/withRunning(faults:status:headers:answer:body:)``).
///
/// ```swift
/// server.on(.get, "/report").fault(.cutBody(after: 3), body: "a long report").then(json: ["ok": true])
/// ```
public enum WireFault: Sendable, Hashable {
    /// The connection ends after the request, before a byte of the answer.
    case closedBeforeAnswer
    /// The connection is reset after the request (RST): ECONNRESET.
    case resetBeforeAnswer
    /// Nobody ever answers; the connection stays open.
    case silence
    /// The answer's head takes this long.
    case slowHead(Duration)
    /// The connection ends in the middle of the head.
    case cutHead
    /// What comes is no HTTP.
    case garbage
    /// The connection ends after this many bytes of a body whose `Content-Length` says more.
    case cutBody(after: Int)
    /// The connection ends after this many bytes of a chunked body, without its last chunk.
    case cutChunked(after: Int)
    /// The body comes in pieces of this many bytes, with a wait before each.
    case dripping(bytes: Int, every: Duration)

    /// One of each, with small numbers: for a test that goes through all of them.
    public static let examples: [WireFault] = [
        .closedBeforeAnswer, .resetBeforeAnswer, .silence, .slowHead(.milliseconds(20)), .cutHead, .garbage,
        .cutBody(after: 3), .cutChunked(after: 3), .dripping(bytes: 2, every: .milliseconds(5)),
    ]
}
